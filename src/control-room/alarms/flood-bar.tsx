/**
 * More on a seat than one person can answer: since when, how fast it comes, and what of it belongs together,
 * worst first.
 */
import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AlarmGroup, Flood } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import type { Change } from '../parts/use-address.ts'
import { useMedia } from '../parts/use-narrow.ts'
import styles from './bars.module.css'
import { broadPlace } from './filter.ts'

/** What a person takes in at a glance, and on a telephone; the rest is a click away. */
const SHOWN = 4
const SHOWN_NARROW = 2

type Props = { readonly seat: string; readonly flood: Flood; link(to: Change): string }

export function FloodBar({ seat: name, flood, link }: Props) {
  const { t } = useTranslation()
  const seat = useNames().seat(name)
  const format = useFormat()
  const [all, setAll] = useState(false)
  const { since, count, lately, groups } = flood
  const narrow = useMedia('(max-width: 48em)')
  const few = narrow ? SHOWN_NARROW : SHOWN
  const more = groups.length - few
  return (
    <section className={styles.bar} aria-label={t('flood.at', { seat })}>
      <p role="status">
        <SeverityMark severity="critical" bare />
        <strong>{t('flood.at', { seat })}</strong>
        <span>{t('flood.rate', { count: lately })}</span>
        <span className="quiet">{t('flood.since', { count, time: format.clock(since) })}</span>
      </p>
      <ul className={styles.groups}>
        {groups.slice(0, all ? groups.length : few).map((group) => (
          <li key={group.alarm}>
            <Group group={group} to={link(filterOf(group))} />
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <UnstyledButton className={styles.more} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('flood.fewer') : t('flood.more', { count: more })}
        </UnstyledButton>
      ) : null}
    </section>
  )
}

/** The link of a group from a place that is not the wall. */
export const onWall = (to: Change): string =>
  `/?${new URLSearchParams(Object.entries(to).flatMap(([name, value]) => (value ? [[name, value]] : [])))}`

const filterOf = ({ rule, place }: AlarmGroup): Change => ({
  rule,
  place: broadPlace(place),
  state: undefined,
  severity: undefined,
  q: undefined,
  sort: undefined,
})

function Group({ group, to }: { group: AlarmGroup; to: string }) {
  const { t } = useTranslation()
  const names = useNames()
  const { rule, place, severity, count, devices, lastAt } = group
  return (
    <>
      <SeverityMark severity={severity} bare />
      <span className={styles.count}>{t('flood.times', { count })}</span>
      <Link to={to} className="truncate">
        {t('flood.group', { rule: names.rule(rule), place: names.place(place) })}
      </Link>
      <span className={`${styles.detail} quiet`}>
        {t('flood.devices', { count: devices })}
        {' · '}
        <Age at={lastAt} />
      </span>
    </>
  )
}
