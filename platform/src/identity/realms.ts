/** Where an address is one person. Each tenant is of one realm: `shared`, unless it has its own. */
export const sharedRealm = '00000000-0000-7000-8000-736861726564'

/** Those who run the platform. */
export const operatorsRealm = '00000000-0000-7000-8000-6f7072747273'
