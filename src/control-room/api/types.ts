/** The nouns as the API sends them, by short names. They come from its own description, so that page and API cannot disagree. */
import type { AlarmState, Severity } from '../../model/alarm.ts'
import type { Family } from '../../model/device.ts'
import type { OrderState } from '../../model/work-order.ts'

export type Value = number | string | boolean
export type Place = { institution: string; building?: string; zone?: string }
export type Because = { code: string; figures: Record<string, Value>; text: string }
export type Quality = 'good' | 'uncertain' | 'bad'
export type Latest = { value: Value; unit: string | null; at: string; quality: Quality }
export type Device = {
  id: string
  name: string
  family: Family
  profile: string
  place: Place
  position?: { lat: number; lon: number }
  reportsEveryMs: number | null
  status: 'online' | 'silent' | 'never-seen'
  lastSeenAt: string | null
  latest: Record<string, Latest>
}
export type Alarm = {
  id: string
  rule: string
  fault: string
  subject: string
  device: string
  place: Place
  severity: Severity
  state: AlarmState
  raisedAt: string
  learnedAt: string
  acknowledged?: { at: string; by: string; note?: string }
  clearedAt: string | null
  because: Because
  order: string | null
}
export type OrderStep = {
  at: string
  by: string
  from: OrderState | null
  to: OrderState
  note?: string
  evidence?: Because
}
export type WorkOrder = {
  id: string
  number: number
  kind: 'repair'
  fault: string
  subject: string
  device: string
  occurrences: string[]
  severity: Severity
  state: OrderState
  assignee: string | null
  version: number
  title: string
  createdAt: string
  history: OrderStep[]
  verification: {
    state: 'none' | 'waiting' | 'passed' | 'failed' | 'manual'
    since: string | null
    until: string | null
    because: Because | null
  }
  next: OrderState[]
}
export type Link = {
  source: string
  state: 'connecting' | 'up' | 'down' | 'refused'
  since: string
  detail?: string
}
export type Right =
  | 'site:read'
  | 'devices:read'
  | 'readings:read'
  | 'water-use:read'
  | 'alarms:read'
  | 'alarms:acknowledge'
  | 'orders:read'
  | 'orders:create'
  | 'orders:move'
  | 'rules:read'
  | 'links:read'
  | 'live:read'
  | 'dead-letters:read'
export type Role = 'viewer' | 'operator' | 'energy' | 'contractor' | 'auditor' | 'admin'
export type Session = { user: string; role: Role; scopes: Right[]; contractor?: string }
export type Reading = {
  at: string
  receivedAt: string
  values: Record<string, Value>
  quality?: Record<string, 'uncertain' | 'bad'>
}
export type DeadLetter = {
  at: string
  source: string
  topic: string
  device?: string
  code: string
  reason: string
  payload: string
}
export type Rule = {
  id: string
  name: string
  kind: string
  version: string
  fault: string
  severity: Severity
  order: 'automatic' | 'manual' | 'none'
  verifyMs: number
  options: Record<string, unknown>
  subjects: number
  parked: { subject: string; reason: string }[]
}
export type ZoneKind = 'campus' | 'building' | 'parking' | 'area'
export type ZoneFeature = {
  type: 'Feature'
  id: string
  properties: { id: string; name: string; kind: ZoneKind }
  geometry: { type: 'Polygon'; coordinates: [number, number][][] }
}
export type Site = {
  id: string
  name: string
  timeZone: string
  institutions: { id: string; name: string; type: string; headCount: number; areaM2: number }[]
  buildings: { id: string; name: string; institution: string }[]
  zones: { type: 'FeatureCollection'; features: ZoneFeature[] }
  routes: {
    id: string
    name: string
    visits: { checkpoint: string; offsetMinutes: number }[]
    starts: { everyMinutes: number } | { at: string[] }
  }[]
  vehicles: { device: string; plate: string; homeZones: string[] }[]
}
export type WaterUse = {
  from: string
  to: string
  id: string
  name: string
  volumeM3: number | null
  quality: 'measured' | 'interpolated' | 'estimated' | 'missing'
  coverage: number
}
export type Page<Item> = { items: Item[]; next: string | null }
