/**
 * Who was told of an alarm and what became of it, newest first; and whom the next step of its escalation
 * would tell.
 */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { EVENT_WORDS } from '../../model/words-notify.ts'
import { escalation, notificationsAbout } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { NotificationState, Retry } from '../parts/notification.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './alarm-panel.module.css'

const SHOWN = 8

export function Told({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const format = useFormat()
  const may = useMay()
  const { data } = useQuery({ ...notificationsAbout(alarm.id), enabled: may('notifications:read') })
  if (!data) return null
  return (
    <section>
      <h3>{t('told.title')}</h3>
      <NextSteps alarm={alarm} />
      {data.items.length === 0 ? <p className={`${styles.line} quiet`}>{t('told.nobody')}</p> : null}
      <ul className={styles.told}>
        {data.items.slice(0, SHOWN).map((one) => (
          <li key={one.id}>
            <time dateTime={one.at} title={format.absolute(one.at)}>
              {format.clock(one.at)}
            </time>
            <span>
              <strong>{one.channel}</strong> {EVENT_WORDS[one.event]?.[language] ?? one.event}
            </span>
            <span>
              <NotificationState of={one} /> <Retry of={one} />
            </span>
          </li>
        ))}
      </ul>
      {data.items.length > SHOWN ? (
        <p className={`${styles.line} quiet`}>{t('told.more', { count: data.items.length - SHOWN })}</p>
      ) : null}
    </section>
  )
}

/** As long as nobody has answered, the clock of each escalation runs on. */
function NextSteps({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const isWaiting = alarm.state === 'active-unacknowledged' && alarm.suppression === null
  const { data } = useQuery({ ...escalation(alarm.id), enabled: isWaiting })
  const { escalated } = alarm
  return (
    <>
      {escalated ? (
        <p className={styles.line}>
          {t('escalation.taken', {
            step: escalated.step,
            of: escalated.of,
            policy: escalated.policy,
            time: format.dayTime(escalated.at),
          })}
        </p>
      ) : null}
      {isWaiting
        ? data?.items.map(({ policy, step, of, dueAt, channels }) => (
            <p key={policy} className={styles.line}>
              <strong>
                {t('escalation.next', {
                  in: format.duration(Math.max(0, Date.parse(dueAt) - now)),
                  time: format.clock(dueAt),
                })}
              </strong>{' '}
              {t('escalation.whom', { step, of, policy, channels: channels.join(', ') })}
            </p>
          ))
        : null}
    </>
  )
}
