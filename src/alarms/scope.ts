/**
 * Which alarms something is about: a route of notifications, an escalation, an operator's seat. Every key
 * that is given must fit.
 */
import * as z from 'zod'
import { type Alarm, SEVERITIES } from '../model/alarm.ts'
import { FAMILIES, type Family, type Place } from '../model/device.ts'
import type { DeviceId } from '../model/reading.ts'

const names = z.array(z.string().min(1)).min(1).optional()

/** What of the site is meant; absent is all of it. */
export const PLACE_KEYS = {
  institutions: names.meta({ description: 'Ids of institutions' }),
  zones: names.meta({ description: 'Ids of zones' }),
  families: z.array(z.enum(FAMILIES)).min(1).optional().meta({ description: 'Families of devices' }),
}

export const ALARM_KEYS = {
  ...PLACE_KEYS,
  severities: z.array(z.enum(SEVERITIES)).min(1).optional(),
  rules: names.meta({ description: 'Ids of rules' }),
}

const AlarmScope = z.strictObject(ALARM_KEYS)

export type AlarmScope = z.output<typeof AlarmScope>

export type PlaceScope = Pick<AlarmScope, 'institutions' | 'zones' | 'families'>

/** What is known of a device that an alarm or an order is about; undefined for one that the site no longer has. */
export type FactsOf = (
  device: DeviceId,
) => { readonly name: string; readonly family: Family; readonly place: Place } | undefined

const meets = <Name extends string>(wanted: readonly Name[] | undefined, name: Name | undefined): boolean =>
  wanted === undefined || (name !== undefined && wanted.includes(name))

export const inPlace = (
  { institutions, zones, families }: PlaceScope,
  place: Place | undefined,
  family: Family | undefined,
): boolean => meets(institutions, place?.institution) && meets(zones, place?.zone) && meets(families, family)

/** The alarm's own place counts: where the device stood when it was raised. */
export const inScope = (
  scope: AlarmScope,
  { severity, rule, place, device }: Pick<Alarm, 'severity' | 'rule' | 'place' | 'device'>,
  factsOf: FactsOf,
): boolean =>
  meets(scope.severities, severity) &&
  meets(scope.rules, rule) &&
  inPlace(scope, place, scope.families && factsOf(device)?.family)
