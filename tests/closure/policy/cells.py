"""Where each field of a policy is proven as behavior: a test that is asked for every preset.

What a cell is, as a value, is in test_<preset>.py; what it does is here. A new field needs a line, a new preset a cell
in each of these tests.
"""

BEHAVIOR = "tests.closure.policy.behavior"
CHECK, PROOF, WAITING = f"{BEHAVIOR}.test_account_check", f"{BEHAVIOR}.test_verification", f"{BEHAVIOR}.test_waiting"
DORMANCY, RETENTION = f"{BEHAVIOR}.test_dormancy", f"{BEHAVIOR}.test_retention"
BLOCKS = "tests.closure.finalization.steps.test_block_identifiers"

SMALL_RESTS = f"{CHECK}::test_small_rests_are_what_the_preset_says"
CODES = f"{PROOF}::test_codes_that_are_enough"
PASSWORD = f"{PROOF}::test_password_is_asked_last_and_what_follows"
WINDOW = f"{PROOF}::test_codes_have_ten_minutes_and_more_where_it_may_be_asked_for"
DATES = f"{WAITING}::test_wait_due_and_what_the_brake_adds"
REVIEW = f"{WAITING}::test_who_looks_at_it"
BLOCKED = f"{BLOCKS}::test_closing_blocks_for_the_periods_of_the_preset"
YEARS = f"{RETENTION}::test_identity_and_transactions_are_kept"

CELLS: dict[str, str] = {
    "name": f"{WAITING}::test_request_carries_its_preset_by_name_and_whole",
    "channels": f"{PROOF}::test_channels_take_requests",
    "preflight.dust_per_coin": SMALL_RESTS,
    "preflight.dust_total": SMALL_RESTS,
    "preflight.dust_within": SMALL_RESTS,
    "preflight.api_keys": f"{CHECK}::test_keys_are_deleted_first_or_revoked",
    "preflight.identity_verified_required": f"{CHECK}::test_identity_must_be_verified_where_the_preset_says_so",
    "verification.password": PASSWORD,
    "verification.required": CODES,
    "verification.accepted": CODES,
    "verification.needed": f"{CHECK}::test_factors_that_the_preset_asks_for_must_be_there",
    "verification.all_enrolled": f"{PROOF}::test_mail_and_text_are_enough_for_who_has_no_authenticator",
    "verification.face_from_level": f"{PROOF}::test_face_is_compared_from_the_level_that_the_preset_names",
    "verification.document_number": f"{PROOF}::test_document_number_is_asked_where_one_is_on_file",
    "verification.captcha": f"{PROOF}::test_captcha_is_asked_behind_the_notes",
    "verification.final_reauthentication": PASSWORD,
    "verification.window": WINDOW,
    "verification.extensions": WINDOW,
    "waiting.wait": DATES,
    "waiting.due": DATES,
    "waiting.brake_adds": DATES,
    "waiting.brake_looks_back": DATES,
    "waiting.max_frozen": DATES,
    "waiting.status_shows": "tests.closure.test_status_shows::test_status_session_shows_its_row_and_nothing_else",
    "waiting.export_until": f"{WAITING}::test_records_are_taken_along_and_read_until_the_wait_ends_or_not_at_all",
    "cancelling.by": f"{WAITING}::test_who_cancels",
    "review.mode": REVIEW,
    "review.four_eyes_above": REVIEW,
    "review.four_eyes_under_brake": REVIEW,
    "review.flagged_above": REVIEW,
    "reregistration.email": BLOCKED,
    "reregistration.email_for_ever_review": (
        f"{BLOCKS}::test_only_an_e_mail_address_may_be_kept_for_ever_and_only_by_policy"
    ),
    "reregistration.phone": BLOCKED,
    "reregistration.document": BLOCKED,
    "reregistration.national_number": BLOCKED,
    "reregistration.national_number_while_archived": BLOCKED,
    "reactivation.disable_offered": f"{BEHAVIOR}.test_disabling::test_owner_disables_and_begins_to_come_back",
    "reactivation.offered_first": (
        "tests.closure.test_views_instead::test_disabling_is_offered_where_the_policy_says_so_and_first_where_it_says_that"
    ),
    "dormancy.inactive_after": f"{DORMANCY}::test_inactive_after",
    "dormancy.dormant_years": f"{DORMANCY}::test_dormant_after",
    "dormancy.unclaimed_years": (f"{DORMANCY}::test_unclaimed_property_is_told_by_the_law_of_the_place_or_the_preset"),
    "dormancy.locks": "tests.closure.welcome.test_gate::test_withdrawing_waits_where_the_policy_locks",
    "dormancy.wake_factors": "tests.closure.test_waking::test_policy_in_force_says_how_many_factors_wake",
    "dormancy.withdrawals_held_after_reset": f"{DORMANCY}::test_withdrawals_are_held_after_a_reset",
    "retention.identity_years": YEARS,
    "retention.transactions_years": YEARS,
    "retention.images_days": f"{RETENTION}::test_photos_are_destroyed_after_the_decision",
    "retention.jurisdiction_may_lengthen": YEARS,
}
