/**
 * The registers of all simulated water meters, and what they stored of each hour. A main meter of a balance
 * shows what its sub meters do together, so that what is said to be one network is one.
 */
import type { DeviceId } from '../src/model/reading.ts'
import type { Site } from '../src/model/site.ts'
import type { Said } from './behaviour.ts'
import type { LocalDay } from './local-day.ts'
import { isReal } from './scenario.ts'
import type { Trouble } from './trouble.ts'
import { mainRegisterOf, type Register, registerOf, rounded } from './water-meter.ts'

const HOUR_MS = 3_600_000

/** Of the supply of the first balance of a site: an eighth runs into the ground. */
const LOST_SHARE = 0.125
/** What two good meters differ by. */
const ERROR_SHARE = 0.01

export type RegisterParts = {
  readonly site: Pick<Site, 'devices' | 'balances'>
  readonly seed: number
  readonly dayOf: (at: number) => LocalDay
  readonly troubles: readonly Trouble[]
}

/** Where a balance lies within another, the inner one is declared first. */
export function waterRegisters({
  site,
  seed,
  dayOf,
  troubles,
}: RegisterParts): ReadonlyMap<DeviceId, Register> {
  const meters = site.devices.filter((device) => device.family === 'water-meter')
  const registers = new Map(
    meters.map(({ id: device }): [DeviceId, Register] => {
      const own = troubles.filter((trouble) => trouble.device === device)
      return [device, registerOf({ device, seed, dayOf, troubles: own })]
    }),
  )
  for (const [place, { main, subs }] of (site.balances ?? []).entries()) {
    const behind = subs.flatMap((sub) => registers.get(sub) ?? [])
    const share = (1 + (place === 0 ? LOST_SHARE : ERROR_SHARE)) / main.length - 1
    for (const device of main) registers.set(device, mainRegisterOf(behind, share))
  }
  return registers
}

/** What every meter stored of the hours of a day that lie before `until`, as it tells whoever missed them. */
export const storedHours = (
  { site, dayOf }: Pick<RegisterParts, 'site' | 'dayOf'>,
  registers: ReadonlyMap<DeviceId, Register>,
  { of, until }: { readonly of: number; readonly until: number },
): ReadonlyMap<DeviceId, readonly Said[]> => {
  const day = dayOf(of)
  const hours: number[] = []
  for (let at = day.from; at < Math.min(day.to, until); at += HOUR_MS) hours.push(at)
  const real = new Set(site.devices.filter(isReal).map(({ id }) => id))
  return new Map(
    [...registers]
      .filter(([device]) => !real.has(device))
      .map(([device, register]) => [
        device,
        hours.map((at) => ({ device, at, values: { volume: rounded(register(at).volumeM3, 4) } })),
      ]),
  )
}
