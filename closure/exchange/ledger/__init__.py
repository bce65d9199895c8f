"""The embedded exchange core: tables of this database behind the gateway protocol."""
