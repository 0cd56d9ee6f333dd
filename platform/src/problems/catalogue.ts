import { defineProblems } from './problem.ts'

/** Every code the platform answers with. Each has a page, `docs/errors/<code>.md`; a test keeps the two in step. */
export const problems = defineProblems({
  invalid_request: { status: 400, title: 'Invalid request', advice: 'Correct the fields that `errors` names and send it again.' },
  invitation_invalid: {
    status: 400,
    title: 'Invitation not valid',
    advice: 'Ask whoever invited you for a new invitation.',
  },
  link_invalid: {
    status: 400,
    title: 'Link no longer valid',
    advice: 'Ask for a new link; each works once, for a while, on the host that it names.',
  },
  malformed_body: {
    status: 400,
    title: 'Body could not be read',
    advice: 'Send well-formed content of the declared content type.',
  },
  invalid_cursor: {
    status: 400,
    title: 'Invalid cursor',
    advice: 'Start again from the first page; a cursor is valid for the same query only.',
  },
  invalid_line: {
    status: 400,
    title: 'A line could not be read',
    advice: 'Correct the lines that `errors` names; nothing was stored.',
  },
  range_too_wide: { status: 400, title: 'Range too wide', advice: 'Ask for a shorter span, a wider window or fewer series.' },
  idempotency_key_required: {
    status: 400,
    title: 'Idempotency key required',
    advice: 'Send an `Idempotency-Key` header, a new one for each operation.',
  },
  reason_required: {
    status: 400,
    title: 'Reason required',
    advice: "Say why you enter this tenant in the `Tenantry-Reason` header; it is shown in the tenant's own audit log.",
  },
  unsupported_grant_type: {
    status: 400,
    title: 'Grant not supported',
    advice: 'Ask with `grant_type=client_credentials`; people sign in.',
  },
  invalid_scope: { status: 400, title: 'Scope not granted', advice: 'Ask for permissions that the key has, by spaces.' },
  invalid_audience: {
    status: 400,
    title: 'Audience not known',
    advice: 'Name one of the services in `audiences`, or none for this API.',
  },
  unauthenticated: { status: 401, title: 'Not signed in', advice: 'Send a valid credential: `Authorization: Bearer <key>`.' },
  sign_in_required: {
    status: 401,
    title: 'Sign in first',
    advice: 'The address has an account already: sign in with it, and accept then.',
  },
  forbidden: { status: 403, title: 'Not permitted', advice: 'Ask an administrator for the permission that `permission` names.' },
  feature_not_in_plan: {
    status: 403,
    title: 'Feature not in plan',
    advice: 'Choose a plan that has the feature that `feature` names.',
  },
  acting_read_only: {
    status: 403,
    title: 'Reading only',
    advice: 'Act as the member anew, and ask for more than reading, if this has to be done.',
  },
  object_not_granted: {
    status: 403,
    title: 'Object not granted',
    advice: 'Ask an administrator to grant you the object that `objectId` names.',
  },
  tenant_suspended: {
    status: 403,
    title: 'Tenant suspended',
    advice: "Ask the platform's support; `mode` says whether reading is still possible.",
  },
  address_not_allowed: {
    status: 403,
    title: 'Not from this address',
    advice: 'Ask from an address that the key and the tenant allow, or have an administrator allow this one.',
  },
  no_active_tenant: {
    status: 403,
    title: 'No active tenant',
    advice: 'Ask an administrator of the tenant for an invitation, or choose a tenant of yours that is active.',
  },
  cross_site: {
    status: 403,
    title: 'Came from another site',
    advice: 'Send requests that carry a session cookie from a page of this same host, with its `Origin`.',
  },
  second_factor_required: {
    status: 403,
    title: 'Second factor required',
    advice: 'Set up a second factor (an app with codes, or a passkey), then sign in anew with it.',
  },
  not_found: { status: 404, title: 'Not found', advice: 'Check the address and the id.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', advice: 'Use one of the methods in the `Allow` header.' },
  not_acceptable: { status: 406, title: 'Not acceptable', advice: 'Ask for a content type the route offers.' },
  request_timeout: {
    status: 408,
    title: 'Request came too slowly',
    advice: 'Send it again over a faster connection, or less at once.',
  },
  conflict: { status: 409, title: 'Conflict', advice: 'Read the current state, then decide again.' },
  slug_taken: {
    status: 409,
    title: 'Slug not available',
    advice: 'Choose another slug; released slugs stay reserved for a while.',
  },
  still_referenced: { status: 409, title: 'Still referenced', advice: 'Remove what refers to it first.' },
  lifecycle_conflict: {
    status: 409,
    title: 'Not possible in this state',
    advice: "Check the tenant's `status`; `allowed` lists where it can go from there.",
  },
  legal_hold: { status: 409, title: 'Under legal hold', advice: 'Lift the legal hold before erasing.' },
  would_lock_out: {
    status: 409,
    title: 'Would shut yourself out',
    advice: 'Put the address that you ask from, `address`, on the list too; an operator can do without.',
  },
  last_owner: { status: 409, title: 'Last owner', advice: 'Make somebody else an owner first.' },
  member_has_keys: {
    status: 409,
    title: 'Member made keys that live',
    advice: 'Say `keys=revoke`, or `keys=keep` where they are still needed; `keys` names them.',
  },
  idempotency_key_in_use: {
    status: 409,
    title: 'Idempotency key in use',
    advice: 'Wait for the first request to finish, then send it again.',
  },
  precondition_failed: {
    status: 412,
    title: 'Changed meanwhile',
    advice: 'Read it again, apply your change to the new version, send it with the new `ETag`.',
  },
  body_too_large: { status: 413, title: 'Body too large', advice: 'Send less at once; `limit` is in bytes.' },
  uri_too_long: { status: 414, title: 'Address too long', advice: 'Shorten the query.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported content type',
    advice: 'Send one of the content types that `accepted` names.',
  },
  domain_refused: {
    status: 422,
    title: 'Not a domain that can be claimed',
    advice: 'Name a domain of your own, such as cloud.example.com.',
  },
  host_resting: {
    status: 409,
    title: 'Given up lately',
    advice: 'Wait a week after another tenant released the domain.',
  },
  setting_unknown: {
    status: 404,
    title: 'No such setting',
    advice: 'Ask `GET /v1/settings` for the settings that there are.',
  },
  address_refused: {
    status: 422,
    title: 'Address not allowed',
    advice: 'Name a public address that speaks TLS, or ask whoever runs the platform to allow this one.',
  },
  webhook_address_refused: {
    status: 422,
    title: 'Address not allowed',
    advice: 'Name a public address that answers over https, or ask whoever runs the platform to allow this one.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency key used for something else',
    advice: 'Use a new key for a different request.',
  },
  other_tenant_named: {
    status: 422,
    title: 'Names another tenant',
    advice: 'Leave the tenant out, or name your own: it is that of the credential. Nothing was stored.',
  },
  precondition_required: { status: 428, title: 'Precondition required', advice: 'Send `If-Match` with the `ETag` you read.' },
  quota_exceeded: {
    status: 429,
    title: 'Quota exceeded',
    advice: 'Remove something, wait for `resetsAt`, or ask for a higher limit.',
  },
  rate_limited: { status: 429, title: 'Too many requests', advice: 'Wait for the seconds in `Retry-After`.' },
  headers_too_large: { status: 431, title: 'Headers too large', advice: 'Send fewer or shorter headers.' },
  internal: {
    status: 500,
    title: 'Internal error',
    advice: 'Report the request id; nothing was stored unless you are told otherwise.',
  },
  unavailable: { status: 503, title: 'Temporarily unavailable', advice: 'Try again after the seconds in `Retry-After`.' },
  store_unavailable: {
    status: 503,
    title: 'Store of points unavailable',
    advice: 'Try again after the seconds in `Retry-After`. What is sent again is not stored twice.',
  },
  not_configured: {
    status: 503,
    title: 'Not configured',
    advice: 'Ask whoever runs the platform: the part of its configuration that `detail` names is missing.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    advice: 'Try again after the seconds in `Retry-After`, with fewer requests in flight.',
  },
  timed_out: { status: 504, title: 'Took too long', advice: 'Ask for less at once.' },
  outcome_unknown: {
    status: 504,
    title: 'Outcome unknown',
    advice:
      'The connection broke after the write was sent: look whether it happened, or repeat it with the same `Idempotency-Key`.',
  },
})

export type PlatformProblemCode = keyof typeof problems
