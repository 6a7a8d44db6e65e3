/** A control room as a test needs it: a gateway, a browser, and desks in it at which somebody is signed in. */
import { startChromium } from './chromium.ts'
import { type GatewayOptions, type RunningGateway, startGateway } from './gateway.ts'
import { type Desk, type Visit, visit } from './page.ts'

export type ControlRoom = AsyncDisposable & {
  readonly gateway: RunningGateway
  /** In English for `admin`, unless told. */
  desk(who?: Partial<Omit<Desk, 'url'>>): Promise<Visit>
}

export async function openControlRoom(options: GatewayOptions = {}): Promise<ControlRoom> {
  await using opened = new AsyncDisposableStack()
  const gateway = opened.use(await startGateway(options))
  const browser = opened.use(await startChromium())
  let initial: string | undefined
  const room = opened.move()
  return {
    gateway,
    async desk(who = {}) {
      initial ??= gateway.initialPassword() // the first sign-in takes it away
      return visit(browser, { url: gateway.url, locale: 'en-GB', password: initial, ...who })
    },
    [Symbol.asyncDispose]: () => room.disposeAsync(),
  }
}
