/**
 * Where a fire release is on: doors there stand open by right and their alarms keep still, so a guard must
 * not wait for them. It holds until whoever said it takes it back, however long ago it was said, as the rules
 * of doors see it.
 */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Device, Place } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useDevices, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './bars.module.css'

export type FireRelease = {
  /** Of the building, else of the zone, else of the one door that has neither. */
  readonly key: string
  readonly place: Place
  /** Whoever says so, the latest to have said it first. */
  readonly said: readonly Device[]
}

const keyOf = ({ id, place }: Device): string => place.building ?? place.zone ?? id

export function fireReleases(devices: Iterable<Device>): FireRelease[] {
  const saying = [...devices].filter(({ latest }) => latest.fire?.value === true)
  const said = ({ latest }: Device) => Date.parse(latest.fire?.at ?? '')
  return [...Map.groupBy(saying, keyOf)].map(([key, some]) => {
    const sorted = some.sort((one, other) => said(other) - said(one))
    return { key, place: (sorted[0] as Device).place, said: sorted }
  })
}

export function useFireReleases(): readonly FireRelease[] {
  return fireReleases(useDevices().values())
}

export function FireBar({ release }: { release: FireRelease }) {
  const { t } = useTranslation()
  const names = useNames()
  const [first] = release.said
  if (!first) return null
  return (
    <section className={styles.bar} role="status" data-severity="critical">
      <p>
        <SeverityMark severity="critical" bare />
        <strong>{t('fire.is', { place: names.place(release.place) })}</strong>
        <span>{t('fire.masks')}</span>
        <span className="quiet">
          <Link to={`/devices/${first.id}`}>{first.name}</Link>{' '}
          {first.latest.fire ? <Age at={first.latest.fire.at} /> : null}
        </span>
      </p>
    </section>
  )
}

/** For a place that is not the wall: those of one device's surroundings, or all. */
export function FireReleases({ of }: { of?: Device }) {
  const all = useFireReleases()
  const near = of ? all.filter(({ key }) => key === keyOf(of)) : all
  return near.map((release) => <FireBar key={release.key} release={release} />)
}
