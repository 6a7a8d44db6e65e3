/**
 * The nouns as the API sends them, by short names. They come from its own description, so that page and API
 * cannot disagree.
 */
import type { components } from '../api.d.ts'

type Schemas = components['schemas']

export type Alarm = Schemas['Alarm']
export type AlarmLoad = Schemas['AlarmLoad']
export type AuditEntry = Schemas['AuditEntry']
export type Because = Schemas['Because']
export type DeadLetter = Schemas['DeadLetter']
export type Device = Schemas['Device']
export type Evidence = Schemas['Evidence']
export type Latest = Schemas['Latest']
export type Link = Schemas['Link']
export type LiveEvent = Schemas['LiveEvent']
export type Notification = Schemas['Notification']
export type NotificationChannel = Schemas['NotificationChannel']
export type OutOfService = Schemas['OutOfService']
export type Place = Schemas['Place']
export type Reading = Schemas['Reading']
export type Rule = Schemas['Rule']
export type Backtest = Schemas['Backtest']
export type RuleDraft = Schemas['RuleDraft']
export type RuleField = RuleDraft['fields'][number]
export type RuleChange = Schemas['RuleChange']
export type Seat = Schemas['Seat']
export type Session = Schemas['Session']
export type Token = Schemas['Token']
export type User = Schemas['User']
export type NightFlow = Schemas['NightFlow']
export type WaterBalance = Schemas['WaterBalance']
export type WaterQuota = Schemas['WaterQuota']
export type WaterUseTotals = Schemas['WaterUseTotals']
export type WorkOrder = Schemas['WorkOrder']

export type UseTotal = WaterUseTotals['whole']
export type Flood = NonNullable<Seat['flood']>
export type AlarmGroup = Schemas['AlarmGroup']
export type Right = Session['scopes'][number]
export type Value = Latest['value']
export type OrderState = WorkOrder['state']
