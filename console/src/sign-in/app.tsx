import { AcceptOperator } from './accept-operator.tsx'
import { isBareDomain } from './destination.ts'
import { Frame } from './frame.tsx'
import { HandOff } from './hand-off.tsx'
import { Invitation } from './invitation.tsx'
import { ResetPassword } from './reset-password.tsx'
import { SignIn } from './sign-in.tsx'
import { SignUp } from './sign-up.tsx'
import { VerifyEmail } from './verify-email.tsx'
import { Welcome } from './welcome.tsx'

/** One page per address: the server sends nobody here with another. */
export function App() {
  if (location.pathname === '/' && isBareDomain) {
    return (
      <Frame wide>
        <Welcome />
      </Frame>
    )
  }
  return <Frame>{screenOf(location.pathname)}</Frame>
}

function screenOf(path: string) {
  switch (path) {
    case '/sign-up':
      return <SignUp />
    case '/reset-password':
      return <ResetPassword />
    case '/verify-email':
      return <VerifyEmail />
    case '/invitation':
      return <Invitation />
    case '/hand-off':
      return <HandOff />
    case '/operators/accept':
      return <AcceptOperator />
    default:
      return <SignIn />
  }
}
