/**
 * Names for ids: of devices, places and rules. Until they are loaded, and where a role may not read them, the
 * id stands in.
 */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { becauseText } from '../../model/words.ts'
import { ruleName } from '../../model/words-rules.ts'
import type { Site, Whole } from '../api/calls.ts'
import { devices, rules, site } from '../api/queries.ts'
import type { Because, Device, Place, Rule, WorkOrder } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { useMay } from '../session/use-session.ts'
import { kept, keptWith } from './kept.ts'
import { type KnownDevices, knownDevicesOf } from './known-devices.ts'
import { usePointName, useValue } from './points.ts'

const NO_DEVICES: ReadonlyMap<string, Device> = new Map()
const devicesById = keptWith(
  ({ items }: Whole<Device>): ReadonlyMap<string, Device> =>
    new Map(items.map((device) => [device.id, device])),
)

export function useDevices(): ReadonlyMap<string, Device> {
  const may = useMay()
  const { data } = useQuery({ ...devices, enabled: may('devices:read') })
  return data ? devicesById(data) : NO_DEVICES
}

const NOTHING_KNOWN: KnownDevices = new Map()
const known = keptWith(knownDevicesOf())

function useKnownDevices(): KnownDevices {
  const may = useMay()
  return useQuery({ ...devices, select: known, enabled: may('devices:read') }).data ?? NOTHING_KNOWN
}

export type Names = {
  device(id: string): string
  institution(id: string): string
  /** The narrowest place that is known: building, zone, else institution. */
  place(place: Place): string
  zone(id: string): string
  /** Of a building or an institution. */
  broad(id: string): string
  rule(id: string): string
  /** Of an operator; the one that there is where none is declared has a name in each language. */
  seat(name: string): string
  /** An order that an alarm opened is called after its fault; one that a person opened as they called it. */
  order(order: Pick<WorkOrder, 'title' | 'fault' | 'occurrences'>): string
  /** Where an order has to be done. */
  where(order: Pick<WorkOrder, 'device' | 'where'>): string
}

/** As the gateway calls the seat of a site that declares none. */
const ONLY_SEAT = 'control-room'

/** A source that is down stands where a device would. */
const SOURCE = 'source:'

export const isSource = (device: string): boolean => device.startsWith(SOURCE)

const named = (list: readonly { id: string; name: string }[]): ReadonlyMap<string, string> =>
  new Map(list.map(({ id, name }) => [id, name]))

const namesInSite = keptWith(({ institutions, buildings, zones }: Site) => ({
  institutions: named(institutions),
  buildings: named(buildings),
  zones: named(zones.features.map(({ properties }) => properties)),
}))
const namesOfRules = keptWith(({ items }: Whole<Rule>) => ({
  rules: named(items),
  faults: new Map(items.map(({ fault, name }) => [fault, name])),
}))
const NOWHERE = { institutions: named([]), buildings: named([]), zones: named([]) }
const NO_RULES = { rules: named([]), faults: named([]) }

export function useNames(): Names {
  const { t } = useTranslation()
  const language = useLanguage()
  const may = useMay()
  const known = useKnownDevices()
  const { data: here } = useQuery({ ...site, enabled: may('site:read') })
  const { data: watched } = useQuery({ ...rules, enabled: may('rules:read') })
  return useMemo(() => {
    const { institutions, buildings, zones } = here ? namesInSite(here) : NOWHERE
    const { rules: ruleNames, faults: faultNames } = watched ? namesOfRules(watched) : NO_RULES
    const device = (id: string) =>
      known.get(id)?.name ?? (isSource(id) ? t('source.named', { name: id.slice(SOURCE.length) }) : id)
    const placeName = ({ institution, building, zone }: Place) => {
      if (building !== undefined) return buildings.get(building) ?? building
      if (zone !== undefined) return zones.get(zone) ?? zone
      return institutions.get(institution) ?? institution
    }
    /** Of a fault that the gateway itself knows, for whoever may not read the rules. */
    const faultName = (fault: string) => {
      const words = ruleName({ id: fault, fault, kind: fault }, language)
      return words === fault ? undefined : words
    }
    return {
      device,
      place: placeName,
      institution: (id) => institutions.get(id) ?? id,
      zone: (id) => zones.get(id) ?? id,
      broad: (id) => buildings.get(id) ?? institutions.get(id) ?? id,
      seat: (name) => (name === ONLY_SEAT ? t('place.control-room') : name),
      rule: (id) => ruleNames.get(id) ?? ruleName({ id, fault: id, kind: id }, language),
      order: ({ title, fault, occurrences }) =>
        (occurrences.length > 0 ? (faultNames.get(fault) ?? faultName(fault)) : undefined) ?? title,
      where: ({ device: id, where }) =>
        where ? t('where', { place: placeName(where.place), device: where.name }) : device(id),
    }
  }, [known, here, watched, t, language])
}

/** Figures that are in the unit of the point they speak of; the device, where it is told, knows that unit. */
const IN_UNIT_OF_POINT = ['value', 'above', 'clearBelow'] as const

/** Figures that are ids of devices or zones, one or several: people know both by their names. */
const IDS = ['zones', 'gate', 'from', 'to', 'first', 'second', 'missing'] as const

const listIn = kept(
  (language: string) => new Intl.ListFormat(language, { type: 'conjunction', style: 'narrow' }),
)

/**
 * In the language of the page also when the alarm came in the other one; the gateway's own words where the
 * code is new to the page.
 */
export function useBecause(): (because: Because, device?: string) => string {
  const language = useLanguage()
  const pointName = usePointName()
  const show = useValue()
  const list = listIn(language)
  const known = useKnownDevices()
  const { zone } = useNames()
  const nameOf = (id: string) => known.get(id)?.name ?? zone(id)
  return ({ code, figures, text }, device) => {
    const named = { ...figures }
    if (typeof figures.point === 'string') {
      const unit = device === undefined ? undefined : known.get(device)?.unitOf[figures.point]
      for (const name of IN_UNIT_OF_POINT) {
        const figure = figures[name]
        if (figure !== undefined && unit) named[name] = show(figure, unit)
      }
      named.point = pointName(figures.point)
    }
    if (typeof figures.points === 'string') {
      named.points = list.format(figures.points.split(', ').map(pointName))
    }
    if (typeof figures.other === 'string') named.other = pointName(figures.other)
    for (const name of IDS) {
      const ids = figures[name]
      if (typeof ids === 'string') named[name] = list.format(ids.split(', ').map(nameOf))
    }
    const words = becauseText({ code, figures: named }, language)
    return words === code ? text : words
  }
}
