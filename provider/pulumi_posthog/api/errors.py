"""What can go wrong between us and PostHog.

ApiError
├── Unreachable          no answer at all, and nothing was sent that could have changed anything
├── OutcomeUnknown       a write was sent and its answer was lost: it may have happened
├── IncompleteRead       a list or object could not be read whole: nothing may be planned from it
├── GaveUp               waiting would take longer than allowed
├── WriteRefused         a reader was asked to write: a bug, or a safety net doing its work
└── Refused              PostHog answered no; has status, code, attr, detail
    ├── Unauthorized     401
    ├── PaymentRequired  402
    ├── Forbidden        403
    │   └── NotOffered   403 for an action without scope mapping, or 405 (posthog-api.md 1.5)
    ├── NotFound         404
    ├── Conflict         409
    ├── Invalid          400, 415, 422
    ├── Throttled        429
    └── ServerFailed     5xx
"""
