/**
 * What only shows once everything is read: names in routes, escalations and seats that nothing bears, and secrets in files of
 * their own. A slip here would be a notification that never comes.
 */
import { readFileSync } from 'node:fs'
import type { AlarmScope } from '../alarms/scope.ts'
import type { Seat } from '../alarms/seat.ts'
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import type { ChannelOptions, NotifyOptions } from '../notify/options.ts'
import type { SiteNames } from '../rules/bind.ts'
import type { Fail } from './checks.ts'
import type { Problems } from './problems.ts'

const SECRETS = ['url', 'secret', 'password'] as const

/** With what stands in the files that are named; paths as the process sees them, as for certificates. */
export function withSecrets(notify: NotifyOptions, fail: Fail, found: Problems): NotifyOptions {
  return {
    ...notify,
    channels: notify.channels.map((channel, i) => unsealed(channel, `notify.channels.${i}`, fail, found)),
  }
}

function unsealed(channel: ChannelOptions, path: string, fail: Fail, { attempt }: Problems): ChannelOptions {
  const given: Readonly<Record<string, unknown>> = channel
  const { caFile } = given
  if (typeof caFile === 'string') attempt(() => contentOf(caFile, `${path}.caFile`))
  const read = SECRETS.flatMap((key) => {
    const file = given[`${key}File`]
    if (typeof file !== 'string') return []
    const text = attempt(() => contentOf(file, `${path}.${key}File`))
    if (text === undefined) return []
    if (text === '') fail(`${path}.${key}File: ${file} is empty`)
    if (key === 'url' && !/^https?:\/\/[^\s]+$/.test(text))
      fail(`${path}.urlFile: ${file} holds no address that begins with http:// or https://`)
    return [[key, text]]
  })
  return { ...channel, ...Object.fromEntries(read) }
}

function contentOf(file: string, path: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new GatehouseError('config-unreadable', `${path}: ${(cause as Error).message}`, { cause })
  }
}

/** Absent where they could not be read; nothing is missed in them then. */
type Named = {
  readonly site: SiteNames | undefined
  readonly rules: readonly { readonly id: string }[] | undefined
}

export function checkNotify(
  { channels, routes, escalation }: NotifyOptions,
  seats: readonly Seat[],
  { site, rules }: Named,
  fail: Fail,
): void {
  const known = {
    institutions: idsOf(site?.institutions),
    zones: idsOf(site?.zones),
    rules: idsOf(rules),
  }
  const names = new Set(channels.map(({ name }) => name))
  const once = (list: readonly { readonly name: string }[], path: string) => {
    const seen = new Set<string>()
    for (const { name } of list) {
      if (seen.has(name)) fail(`${path}: two are named ${name}`)
      seen.add(name)
    }
  }
  const scope = (wanted: AlarmScope, path: string) => {
    for (const key of ['institutions', 'zones', 'rules'] as const) {
      const there = known[key]
      if (!there) continue
      for (const lost of wanted[key]?.filter((name) => !there.has(name)) ?? [])
        fail(`${path}.${key}: there is none named ${lost}${meant(lost, there)}`)
    }
  }
  const channel = (name: string, path: string) => {
    if (!names.has(name)) fail(`${path}: there is no channel ${name}${meant(name, names)}`)
  }
  once(channels, 'notify.channels')
  once(escalation, 'notify.escalation')
  once(seats, 'seats')
  routes.forEach((route, i) => {
    channel(route.channel, `notify.routes.${i}.channel`)
    scope(route, `notify.routes.${i}`)
  })
  escalation.forEach((policy, i) => {
    scope(policy, `notify.escalation.${i}`)
    policy.steps.forEach((step, j) => {
      for (const name of step.channels) channel(name, `notify.escalation.${i}.steps.${j}.channels`)
    })
  })
  seats.forEach((seat, i) => {
    scope(seat.scope, `seats.${i}.scope`)
  })
}

const idsOf = (nouns: readonly { readonly id: string }[] | undefined): ReadonlySet<string> | undefined =>
  nouns && new Set(nouns.map(({ id }) => id))
