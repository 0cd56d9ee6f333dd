import type { BrandingService } from '../../branding/branding.ts'
import type { TenantEntry } from '../../directory/entries.ts'
import type { Boot } from './boot.ts'

/** What a page shows of whose it is. */
export interface PageBrand extends Pick<Boot, 'name' | 'logo' | 'scheme' | 'footer' | 'supportEmail' | 'poweredBy' | 'locale'> {
  /** Elements of the `head`: style sheet, icon, manifest. */
  readonly links: readonly Readonly<Record<string, string>>[]
}

/** `origin`: of the page's own host, verified. */
export function pageBrandsIn({ branding }: { readonly branding: Pick<BrandingService, 'shownOn'> }) {
  return async (tenant: TenantEntry | undefined, origin: string): Promise<PageBrand> => {
    const { brand, styleSheet, icon, manifest, logo, locale } = await branding.shownOn(tenant, origin)
    return {
      name: brand.displayName,
      scheme: brand.theme,
      logo,
      ...(brand.footer !== undefined && { footer: brand.footer }),
      ...(brand.supportEmail !== undefined && { supportEmail: brand.supportEmail }),
      poweredBy: brand.poweredBy,
      ...(locale !== undefined && { locale }),
      links: [
        { rel: 'stylesheet', href: styleSheet },
        { rel: 'icon', href: icon },
        { rel: 'manifest', href: manifest },
      ],
    }
  }
}
