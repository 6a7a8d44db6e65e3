/**
 * The selected alarm: what, where and why, what can be done, then the readings that tripped it and how often
 * it happened before.
 */
import { Button, CloseButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ALARM_STATE_WORDS } from '../../model/words.ts'
import { alarm as alarmQuery, pastAlarms } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { actor } from '../parts/actor.ts'
import { Facts } from '../parts/facts.tsx'
import { isSource, useBecause, useDevices, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Unanswered } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './alarm-panel.module.css'
import { isOver } from './alarm-row.tsx'
import { OrderLine } from './order-line.tsx'
import { QuietActions, quietRows, Suppresses } from './quiet.tsx'
import { RuleLine } from './rule-line.tsx'
import { Told } from './told.tsx'

const Evidence = lazy(() => import('./evidence.tsx').then(({ Evidence }) => ({ default: Evidence })))

type Props = {
  readonly id: string
  onClose(): void
  onAcknowledge(alarm: Alarm): void
  onShelve(alarm: Alarm): void
}

export function AlarmPanel({ id, onClose, onAcknowledge, onShelve }: Props) {
  const { t } = useTranslation()
  const alarm = useQuery(alarmQuery(id))
  const { data } = alarm
  return (
    <aside className={styles.panel} aria-label={t('alarms.selected')}>
      <CloseButton className={styles.close} aria-label={t('close')} onClick={onClose} />
      {data ? (
        <Content alarm={data} onAcknowledge={() => onAcknowledge(data)} onShelve={() => onShelve(data)} />
      ) : null}
      <Unanswered of={alarm} />
    </aside>
  )
}

type ContentProps = { alarm: Alarm; onAcknowledge(): void; onShelve(): void }

function Content({ alarm, onAcknowledge, onShelve }: ContentProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const names = useNames()
  const because = useBecause()
  const may = useMay()
  const device = useDevices().get(alarm.device)
  const seen = alarm.acknowledged
  return (
    <>
      <header className={styles.head}>
        <SeverityMark
          severity={alarm.severity}
          seen={seen !== undefined || alarm.suppression !== null}
          over={isOver(alarm) || alarm.suppression !== null}
        />
        <h2>{names.rule(alarm.rule)}</h2>
        <p>
          <Link to={isSource(alarm.device) ? '/settings/gateway' : `/devices/${alarm.device}`}>
            {t('where', { place: names.place(alarm.place), device: names.device(alarm.device) })}
          </Link>
        </p>
        <p className={styles.why}>{because(alarm.because, alarm.device)}</p>
      </header>
      <div className={`${styles.actions} no-print`}>
        {!seen && may('alarms:acknowledge') ? (
          <Button onClick={onAcknowledge}>{t('alarms.acknowledge')}</Button>
        ) : null}
        <OrderLine alarm={alarm} />
        <QuietActions alarm={alarm} onShelve={onShelve} />
        <Link to={`/map?device=${alarm.device}`}>{t('alarms.onMap')}</Link>
      </div>
      {device ? (
        <Suspense fallback={<div style={{ height: '11rem' }} />}>
          <Evidence alarm={alarm} device={device} />
        </Suspense>
      ) : null}
      <Facts
        rows={[
          [t('alarms.state'), ALARM_STATE_WORDS[alarm.state][language]],
          [t('alarms.raised'), <Age key="raised" at={alarm.raisedAt} />],
          alarm.repeats && [
            t('alarms.again'),
            t('alarms.repeats', {
              count: alarm.repeats.count,
              from: format.dayTime(alarm.repeats.firstAt),
              to: format.dayTime(alarm.repeats.lastAt),
            }),
          ],
          alarm.repeatOf !== undefined && [
            t('alarms.again'),
            <Link key="first" to={`/?alarm=${alarm.repeatOf}`}>
              {t('alarms.repeatOf')}
            </Link>,
          ],
          Date.parse(alarm.learnedAt) - Date.parse(alarm.raisedAt) > 60_000 && [
            t('alarms.learned'),
            format.moment(alarm.learnedAt),
          ],
          ...quietRows(alarm, t, format),
          alarm.returnedAt !== undefined && [
            t('alarms.returned'),
            <Age key="returned" at={alarm.returnedAt} />,
          ],
          alarm.clearedAt !== null && [t('alarms.cleared'), <Age key="cleared" at={alarm.clearedAt} />],
          alarm.clearedBecause && [t('alarms.clearedWhy'), because(alarm.clearedBecause, alarm.device)],
          seen && [
            t('alarms.seenBy'),
            t('alarms.by', { by: actor(seen.by, t), time: format.dayTime(seen.at) }),
          ],
          seen?.note && [t('alarms.note'), seen.note],
        ]}
      />
      <Suppresses alarm={alarm} />
      <Told alarm={alarm} />
      <Before alarm={alarm} />
      {may('rules:read') ? <RuleLine alarm={alarm} /> : null}
    </>
  )
}

const SHOWN = 8

/** The history of this fault: the same fault on the same device. */
function Before({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const because = useBecause()
  const { data } = useQuery(pastAlarms({ device: alarm.device }))
  if (!data) return null
  const same = data.items.filter(({ id, fault }) => fault === alarm.fault && id !== alarm.id)
  return (
    <section>
      <h3>{t('alarms.before')}</h3>
      {same.length === 0 ? <p className="quiet">{t('alarms.beforeNone')}</p> : null}
      <ul className={styles.before}>
        {same.slice(0, SHOWN).map((one) => (
          <li key={one.id}>
            <Link to={`/?alarm=${one.id}`}>{format.dayTime(one.raisedAt)}</Link>
            <span className="quiet">
              {one.clearedAt === null
                ? t('alarms.stillOn')
                : t('alarms.lasted', {
                    duration: format.duration(Date.parse(one.clearedAt) - Date.parse(one.raisedAt)),
                  })}
            </span>
            <span className="truncate">{because(one.because, one.device)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
