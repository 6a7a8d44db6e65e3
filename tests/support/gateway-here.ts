/**
 * A whole gateway in this process, on a clock that moves only when it is told to: hours pass in no time, and
 * no machine is too slow.
 */

import { type VirtualClock, virtualClock } from '../../simulators/index.ts'
import type { GatehouseConfig } from '../../src/config/config.ts'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import type { Instant } from '../../src/model/instant.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { apiOf, type RunningGateway, tokensBy } from './gateway.ts'

export type GatewayHere = AsyncDisposable & {
  readonly clock: VirtualClock
  readonly gateway: Gateway
  readonly api: RunningGateway['api']
  /** Lets time pass for the gateway, and waits until it has come to rest. */
  pass(ms: number): Promise<void>
}

export async function gatewayHere(config: GatehouseConfig, now: Instant): Promise<GatewayHere> {
  const clock = virtualClock(now)
  const gateway = await createGateway(config, { clock, log: SILENT_LOG })
  const { registry } = gateway.operations
  const tokenOf = tokensBy((role) => registry.createToken({ role }, 'test'))
  return {
    clock,
    gateway,
    api: apiOf(`http://127.0.0.1:${gateway.ports.http}`, tokenOf),
    pass: (ms) => clock.advance(ms, gateway.settled),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}
