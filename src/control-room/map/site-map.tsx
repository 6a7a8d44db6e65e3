/** The drawing itself. Zone names and alarms are HTML markers: text on the map would need glyph files. */
import 'maplibre-gl/dist/maplibre-gl.css'
import { useMantineColorScheme } from '@mantine/core'
import {
  Map as Drawing,
  type GeoJSONSource,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useRef, useState } from 'react'
import type { Site } from '../api/calls.ts'
import type { Alarm, Device } from '../api/types.ts'
import { SEVERITY_PATHS } from '../parts/severity.tsx'
import { arrow } from './icons.ts'
import { boundsOf, devicesOn, lengthen, spotOf, styleOf, type Trails } from './layers.ts'
import styles from './map.module.css'

setWorkerUrl(workerUrl)

type Props = {
  readonly site: Site
  readonly devices: ReadonlyMap<string, Device>
  readonly alarms: readonly Alarm[]
  readonly chosen: string | undefined
  readonly label: string
  readonly nameAlarm: (alarm: Alarm) => string
  onChoose(device: string): void
}

const ink = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export function SiteMap({ site, devices, alarms, chosen, label, nameAlarm, onChoose }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState<Drawing>()
  const choose = useRef(onChoose)
  choose.current = onChoose
  const trails = useRef<Trails>(new Map())
  const bounds = useRef(boundsOf(site.zones, devices.values()))
  const { colorScheme } = useMantineColorScheme()

  useEffect(() => {
    if (!box.current || !colorScheme) return
    const map = new Drawing({
      container: box.current,
      style: styleOf(site.zones, ink),
      attributionControl: false,
      ...(bounds.current ? { bounds: bounds.current, fitBoundsOptions: { padding: 48 } } : {}),
      dragRotate: false,
      pitchWithRotate: false,
    })
    map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
    map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left')
    map.getCanvas().setAttribute('aria-label', label)
    map.on('load', () => {
      map.addImage('vehicle-moving', arrow(ink('--ink'), ink('--map-ground'), true), { pixelRatio: 2 })
      map.addImage('vehicle-standing', arrow(ink('--ink-3'), ink('--map-ground'), false), { pixelRatio: 2 })
      setDrawing(map)
    })
    for (const layer of ['devices', 'vehicles']) {
      map.on('click', layer, ({ features }) => {
        const id = features?.[0]?.properties.id
        if (typeof id === 'string') choose.current(id)
      })
      map.on('mouseenter', layer, () => map.getCanvas().style.setProperty('cursor', 'pointer'))
      map.on('mouseleave', layer, () => map.getCanvas().style.removeProperty('cursor'))
    }
    return () => {
      setDrawing(undefined)
      map.remove()
    }
  }, [site.zones, colorScheme, label])

  useEffect(() => {
    if (!drawing) return
    const set = (source: string, data: GeoJSON.FeatureCollection) =>
      drawing.getSource<GeoJSONSource>(source)?.setData(data)
    set('devices', devicesOn(devices.values(), chosen, false))
    set('vehicles', devicesOn(devices.values(), chosen, true))
    set('trails', lengthen(trails.current, devices.values()))
  }, [drawing, devices, chosen])

  useEffect(() => {
    if (!drawing) return
    const labels = site.zones.features.flatMap(({ properties: { name, kind }, geometry }) => {
      const ring = geometry.coordinates[0]
      if (!ring || kind === 'campus') return []
      const element = document.createElement('span')
      element.className = styles.zone ?? ''
      element.textContent = name
      const [west, east] = extent(ring, 0)
      const [south, north] = extent(ring, 1)
      const marker = new Marker({ element, anchor: 'bottom' })
        .setLngLat([(west + east) / 2, north])
        .addTo(drawing)
      return { marker, element, west, east, south }
    })
    /** A name is shown where its zone has room for it. */
    const showNames = () => {
      for (const { element, west, east, south } of labels) {
        const room = drawing.project([east, south]).x - drawing.project([west, south]).x
        element.toggleAttribute('data-tight', room * 1.35 < element.offsetWidth)
      }
    }
    showNames()
    drawing.on('zoom', showNames)
    return () => {
      drawing.off('zoom', showNames)
      for (const { marker } of labels) marker.remove()
    }
  }, [drawing, site.zones])

  useEffect(() => {
    if (!drawing) return
    const markers = alarms.flatMap((alarm) => {
      const device = devices.get(alarm.device)
      const spot = device && spotOf(device)
      if (!spot) return []
      const element = alarmMark(alarm, nameAlarm(alarm))
      element.addEventListener('click', () => choose.current(alarm.device))
      return new Marker({ element }).setLngLat([spot.lon, spot.lat]).addTo(drawing)
    })
    return () => {
      for (const marker of markers) marker.remove()
    }
  }, [drawing, alarms, devices, nameAlarm])

  const target = chosen === undefined ? undefined : devices.get(chosen)
  const goal = target && spotOf(target)
  const near = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (!drawing || !goal || near.current === chosen) return
    near.current = chosen // once: a vehicle that drives on is not chased
    drawing.easeTo({ center: [goal.lon, goal.lat], duration: 300 })
  }, [drawing, goal, chosen])

  return <div ref={box} className={styles.map} />
}

const extent = (ring: readonly (readonly number[])[], at: 0 | 1): [number, number] => {
  const all = ring.map((point) => point[at] ?? 0)
  return [Math.min(...all), Math.max(...all)]
}

function alarmMark({ severity, acknowledged }: Alarm, name: string): HTMLElement {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = styles.alarm ?? ''
  element.style.color = `var(--${severity})`
  element.title = name
  element.setAttribute('aria-label', name)
  const seen = acknowledged !== undefined || severity === 'low'
  element.innerHTML = `<svg viewBox="-1 -1 18 18" aria-hidden="true"><path d="${SEVERITY_PATHS[severity]}" fill="${seen ? 'var(--map-ground)' : 'currentColor'}" stroke="${seen ? 'currentColor' : 'var(--map-ground)'}" stroke-width="2" stroke-linejoin="round"/></svg>`
  return element
}
