import type { Change } from './change-reader.ts'
import type { Lookup } from './directory.ts'
import type { DirectoryCache } from './directory-cache.ts'
import type { Ask } from './directory-queries.ts'
import type {
  CustomRoleEntry,
  MemberEntry,
  OperatorEntry,
  SessionEntry,
  SessionKind,
  SigningKeysEntry,
} from './people-entries.ts'
import { loadCustomRole, loadMember, loadOperator, loadSession, loadSigningKeys } from './people-queries.ts'

/** What every node knows of members, their sessions, and the keys of their tokens: at most a second old. */
export interface PeopleDirectory {
  member(tenantId: string, userId: string): Lookup<MemberEntry>
  /** The same by what `memberPlace` made once: for what is asked with every request, a new text each time is the dearest part. */
  memberAt(place: string): Lookup<MemberEntry>
  customRole(tenantId: string, id: string): Lookup<CustomRoleEntry>
  /** Not found once ended; one that ran out is found, for the caller to judge by `clock()`. */
  session(kind: SessionKind, id: string): Lookup<SessionEntry>
  /** Not found once disabled. */
  operator(id: string): Lookup<OperatorEntry>
  signingKeys(): Lookup<SigningKeysEntry>
}

type MakeCache = <Entry extends object>(
  load: (key: string) => Promise<Entry | undefined>,
  idOf: (entry: Entry) => string,
) => DirectoryCache<Entry>

/** Both lead: in another tenant the same person is another member. */
export function memberPlace(tenantId: string, userId: string): string {
  return `${tenantId} ${userId}`
}

/** The caches behind it, and how they hear of changes. */
export function peopleDirectory(ask: Ask, cache: MakeCache) {
  const idOf = ({ id }: { readonly id: string }) => id
  const members = cache<MemberEntry>((key) => loadMember(ask, ...twoOf(key)), idOf)
  const customRoles = cache<CustomRoleEntry>((key) => loadCustomRole(ask, ...twoOf(key)), idOf)
  const browsers = cache<SessionEntry>((id) => loadSession(ask, 'browser', id), idOf)
  const programs = cache<SessionEntry>((id) => loadSession(ask, 'program', id), idOf)
  const operators = cache<OperatorEntry>((id) => loadOperator(ask, id), idOf)
  const signingKeys = cache<SigningKeysEntry>(
    () => loadSigningKeys(ask),
    () => 'all',
  )
  const byKind = new Map<string, DirectoryCache<MemberEntry> | DirectoryCache<CustomRoleEntry> | DirectoryCache<SessionEntry>>([
    ['tenantry.members', members],
    ['tenantry.custom_roles', customRoles],
    ['identity.session', browsers],
    ['tenantry.refresh_families', programs],
  ])
  const lookups: PeopleDirectory = {
    member: (tenantId, userId) => members.get(memberPlace(tenantId, userId)),
    memberAt: (place) => members.get(place),
    customRole: (tenantId, id) => customRoles.get(`${tenantId} ${id}`),
    session: (kind, id) => (kind === 'browser' ? browsers : programs).get(id),
    operator: (id) => operators.get(id),
    signingKeys: () => signingKeys.get('all'),
  }
  return {
    lookups,
    clear(): void {
      for (const each of [members, customRoles, browsers, programs, operators, signingKeys]) each.clear()
    },
    forget(changes: readonly Change[]): void {
      for (const [kind, known] of byKind) {
        const ids = changes.flatMap((change) => (change.kind === kind && change.objectId !== undefined ? [change.objectId] : []))
        if (ids.length > 0) known.forget(ids)
      }
      // Of these there are few, and they change seldom: one change forgets them all.
      if (changes.some(({ kind }) => kind === 'tenantry.operators')) operators.clear()
      if (changes.some(({ kind }) => kind === 'tenantry.signing_keys')) signingKeys.clear()
    },
  }
}

function twoOf(key: string): [string, string] {
  const space = key.indexOf(' ')
  return [key.slice(0, space), key.slice(space + 1)]
}
