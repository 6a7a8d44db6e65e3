/** Who did something, where it was no user: the gateway itself, a command, the demo. */
import type { TFunction } from 'i18next'
import { GATEWAY } from '../../model/work-order.ts'

const WITHOUT_USER = new Map([
  [GATEWAY, 'order.byGateway'],
  ['simulator', 'audit.bySimulator'],
  ['command line', 'audit.byCommandLine'],
] as const)

export function actor(by: string, t: TFunction): string {
  const known = [...WITHOUT_USER].find(([name]) => name === by)?.[1]
  return known ? t(known) : by
}
