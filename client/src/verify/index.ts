export { requireToken, tokenOf } from './require-token.ts'
export { TokenRefused, type TokenVerifierOptions, tokenVerifier, type VerifiedToken, type VerifyToken } from './verify-token.ts'
