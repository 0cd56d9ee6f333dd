import { isDeepStrictEqual } from 'node:util'
import type { CacheService } from '../cache/tenant-cache.ts'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { telling, updateTenant } from '../tenants/tenant-queries.ts'
import { type ResolvedBrand, readBrand } from './brand.ts'
import { createBrandChains } from './brand-chain.ts'
import { type BrandRow, findBrand, findVersionByNumber, listVersions, writeDraft } from './brand-queries.ts'
import type { Brand, BrandChange, ImageKind } from './brand-schema.ts'
import { imageMembers } from './brand-schema.ts'
import { type BrandState, type BrandVersion, preparedIn, stateOf, versionOf } from './brand-state.ts'
import { imageOf } from './chain-images.ts'
import { dropUnusedImages, findImage, insertImage } from './image-queries.ts'
import { drawImage } from './images/draw-image.ts'
import { type MailBrand, mailBrandOf } from './mail-brand.ts'
import { changeBrand } from './presets.ts'
import { hasPages, platformSheet, platformShown, type ShownBrand, shownOf, styleSheetNamed } from './shown-brand.ts'

export interface BrandingService {
  /**
   * What the pages of a request's host show: the tenant's brand, or the platform's own on hosts that are no tenant's. From memory as
   * a rule, and at most a second behind. `origin` is the request's, verified; the tenant the one of its host.
   *
   * @throws not_found for a host that is nobody's, and for a tenant that has no pages, in the same words
   * @example
   * const { brand, styleSheet, icon } = await services.branding.shownOn(tenant, request.origin)
   */
  shownOn(tenant: TenantEntry | undefined, origin: string): Promise<ShownBrand>
  /** The same, of an active tenant and of nothing else: what a visitor may ask of it before he signs in. @throws not_found */
  ofHost(tenant: TenantEntry | undefined): Promise<ShownBrand>
  /** What apps and keys of its people call the place; the platform's name where there is no tenant. */
  nameOf(tenant: TenantEntry | undefined): Promise<string>
  /** A style sheet by its file's name on the host. @throws not_found for what is not this host's */
  styleSheet(tenant: TenantEntry | undefined, origin: string, file: string): Promise<string>
  /** PNG; of the host's tenant and shown by a version that is kept, or inherited by what is shown now. @throws not_found */
  publicImage(tenant: TenantEntry | undefined, id: string): Promise<Uint8Array>

  /**
   * The brand of the scope's tenant, with what it inherits.
   *
   * @example
   * const { displayName, colours } = await services.branding.of(scope)
   */
  of(scope: TenantScope): Promise<ResolvedBrand>
  /** The same as mails show it, with its logo. */
  forMail(scope: TenantScope): Promise<MailBrand>

  read(scope: TenantScope): Promise<BrandState>
  /** `version`: of the draft, as it was read. @throws precondition_failed where it is another by now */
  change(scope: TenantScope, change: BrandChange, version: number): Promise<BrandState>
  /** The draft is what is published again. @throws precondition_failed */
  discard(scope: TenantScope, version: number): Promise<BrandState>
  /** Draws the picture anew as PNG and puts it into the draft. @throws invalid_request, overloaded, precondition_failed */
  setImage(scope: TenantScope, kind: ImageKind, upload: Uint8Array, version: number): Promise<BrandState>
  /** @throws precondition_failed */
  removeImage(scope: TenantScope, kind: ImageKind, version: number): Promise<BrandState>
  /** PNG; of the draft too, or inherited. @throws not_found */
  image(scope: TenantScope, id: string): Promise<Uint8Array>
  /** From then on all see the draft: pages within a second, mails from the next one on. @throws precondition_failed, conflict where nothing differs */
  publish(scope: TenantScope, version: number): Promise<BrandState>
  /** The latest first. */
  versions(scope: TenantScope): Promise<BrandVersion[]>
  /** Publishes what a version said, as a new version; the draft stays. @throws not_found */
  restore(scope: TenantScope, number: number): Promise<BrandState>
}

declare module '../http/route.ts' {
  interface Services {
    readonly branding: BrandingService
  }
}

export interface BrandingOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly cache: Pick<CacheService, 'of'>
  readonly directory: Pick<Directory, 'catchUp' | 'tenantById'>
  readonly systems: readonly SystemDefinition[]
  /** Whether an address is the installation's own, and no tenant's. */
  readonly isPlatforms: (origin: string) => boolean
}

export function createBrandingService(options: BrandingOptions): BrandingService {
  const { directory, isPlatforms } = options
  const chains = createBrandChains(options)
  const shownTenant = (tenant: TenantEntry | undefined): TenantEntry => {
    if (tenant === undefined || !hasPages(tenant)) throw nothingHere()
    return tenant
  }
  const shownOn = async (tenant: TenantEntry | undefined, origin: string): Promise<ShownBrand> =>
    tenant === undefined && isPlatforms(origin) ? platformShown : shownOf(await chains.of(shownTenant(tenant)))

  const entryOf = async ({ context }: TenantScope): Promise<TenantEntry> => {
    const entry = await directory.tenantById(context.tenantId)
    if (entry === undefined) throw nothingHere()
    return entry
  }
  const rowOf = async (scope: TenantScope): Promise<BrandRow> => {
    const row = await findBrand(scope)
    if (row === undefined) throw nothingHere()
    return row
  }
  // Never in a transaction of this tenant's: what is above is read in scopes of other tenants, and none waits for another.
  const read = async (scope: TenantScope): Promise<BrandState> => {
    const above = await chains.above(await entryOf(scope))
    return stateOf(await rowOf(scope), above)
  }

  /** The draft as it was read, with its change made to it. */
  async function edit(scope: TenantScope, version: number, make: (draft: Brand) => Brand | null): Promise<BrandState> {
    await editDraft(scope, version, make)
    return read(scope)
  }

  async function editDraft(scope: TenantScope, version: number, make: (draft: Brand) => Brand | null): Promise<void> {
    const row = await rowOf(scope)
    const { draft, published } = preparedIn(row)
    const made = make(draft)
    const content = made === null || isSame(made, published) ? null : made
    if (row.version !== version || (await writeDraft(scope, content, version)) === undefined) throw changedMeanwhile()
  }

  function withImage(draft: Brand, kind: ImageKind, id: string | undefined): Brand {
    const { images: before, ...words } = draft
    const { [imageMembers[kind]]: _replaced, ...others } = before ?? {}
    const images = id === undefined ? others : { ...others, [imageMembers[kind]]: id }
    return Object.keys(images).length === 0 ? words : { ...words, images }
  }

  /** Whoever is told of the tenant's change is told of its brand: the trigger behind it keeps the version. */
  const put = async (scope: TenantScope, brand: Brand): Promise<void> => {
    await scope.first(telling(updateTenant(scope.context.tenantId, { wholeBrand: brand }, undefined), 'platform.tenant.updated'))
  }

  return {
    shownOn,

    async nameOf(tenant) {
      if (tenant === undefined) return platformShown.brand.displayName
      return shownOf(await chains.of(tenant)).brand.displayName
    },

    async ofHost(tenant) {
      if (tenant?.status !== 'active') throw nothingHere()
      return shownOf(await chains.of(tenant))
    },

    async styleSheet(tenant, origin, file) {
      const ofPlatform = tenant === undefined && isPlatforms(origin)
      const css = ofPlatform ? platformSheet(file) : await styleSheetNamed(file, shownTenant(tenant), chains)
      if (css === undefined) throw nothingHere()
      return css
    },

    async publicImage(tenant, id) {
      const entry = shownTenant(tenant)
      const own = await findImage(chains.scopeOf(entry), id, { published: true })
      const bytes = own ?? (await imageOf(await chains.of(entry), id, chains))
      if (bytes === undefined) throw nothingHere()
      return bytes
    },

    async of(scope) {
      const chain = await chains.of(await entryOf(scope))
      return shownOf(chain).brand
    },

    forMail: async (scope) => mailBrandOf(await chains.of(await entryOf(scope)), chains),

    read,

    change: (scope, change, version) => edit(scope, version, (draft) => changeBrand(draft, change)),
    discard: (scope, version) => edit(scope, version, () => null),

    async setImage(scope, kind, upload, version) {
      if ((await rowOf(scope)).version !== version) throw changedMeanwhile()
      // Before the transaction: it takes as long as it takes.
      const drawn = await drawImage(upload, kind)
      await scope.transaction(async (inner) => {
        const id = await insertImage(inner, kind, drawn)
        await editDraft(inner, version, (draft) => withImage(draft, kind, id))
        await dropUnusedImages(inner)
      })
      return read(scope)
    },

    removeImage: (scope, kind, version) => edit(scope, version, (draft) => withImage(draft, kind, undefined)),

    async image(scope, id) {
      const own = await findImage(scope, id)
      const bytes = own ?? (await imageOf(await chains.above(await entryOf(scope)), id, chains))
      if (bytes === undefined) throw nothingHere()
      return bytes
    },

    async publish(scope, version) {
      await scope.transaction(async (inner) => {
        const row = await rowOf(inner)
        if ((await writeDraft(inner, null, version)) === undefined) throw changedMeanwhile()
        if (row.draft === null) throw problems.conflict('The draft is what is published already.')
        await put(inner, preparedIn(row).draft)
      })
      await directory.catchUp()
      return read(scope)
    },

    versions: async (scope) => (await listVersions(scope)).map(versionOf),

    async restore(scope, number) {
      const version = await findVersionByNumber(scope, number)
      if (version === undefined) throw problems.not_found('There is no such version.')
      await put(scope, readBrand(version.content))
      await directory.catchUp()
      return read(scope)
    },
  }
}

/** As they lie there: what is undefined does not. */
const isSame = (one: Brand, other: Brand) => isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)))

const nothingHere = () => problems.not_found('There is nothing here.')
const changedMeanwhile = () => problems.precondition_failed('Somebody has changed the draft meanwhile.')
