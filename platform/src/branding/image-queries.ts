import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { ImageKind } from './brand-schema.ts'
import type { DrawnImage } from './images/draw-image.ts'

/** Whether a draft or a version that is kept shows the picture. */
const shownAnywhere = sql`exists (select from tenantry.brand_versions v, jsonb_each_text(v.content -> 'images') p where p.value = i.id::text)
  or exists (select from tenantry.brand_drafts d, jsonb_each_text(d.content -> 'images') p where p.value = i.id::text)`

export async function insertImage(scope: TenantScope, kind: ImageKind, image: DrawnImage): Promise<string> {
  const [made] = await scope.run(sql<{ id: string }>`
    insert into tenantry.brand_images (kind, bytes, width, height)
    values (${kind.replace('-', '_')}, ${image.bytes}::bytea, ${image.width}::int, ${image.height}::int) returning id`)
  return (made as { id: string }).id
}

/** Takes away what neither the draft nor a version shows any more. */
export async function dropUnusedImages(scope: TenantScope): Promise<void> {
  await scope.run(sql`delete from tenantry.brand_images i where not (${shownAnywhere})`)
}

/** PNG. `published`: only one that the public may see, because a kept version shows it. */
export async function findImage(
  scope: TenantScope,
  id: string,
  { published = false }: { readonly published?: boolean } = {},
): Promise<Uint8Array | undefined> {
  const found = await scope.first(sql<{ bytes: Uint8Array }>`
    select bytes from tenantry.brand_images i where id = ${id}::uuid and (not ${published}::boolean
       or exists (select from tenantry.brand_versions v, jsonb_each_text(v.content -> 'images') p where p.value = i.id::text))`)
  return found?.bytes
}
