"""What customers take along: rows want it, a process of the worker builds it, files lie encrypted until their date."""
