/** What this device sent that its profile could not read, with the reason and the beginning of the payload. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deadLetters } from '../api/queries.ts'
import { Age } from '../format/age.tsx'
import styles from './devices.module.css'

/** As text where it is text; else as it came. */
function readable(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

export function DeadLetters({ device }: { device: string }) {
  const { t } = useTranslation()
  const { data } = useQuery(deadLetters(device))
  if (!data) return null
  return (
    <section>
      <h3>{t('device.deadLetters')}</h3>
      {data.items.length === 0 ? <p className="quiet">{t('device.noDeadLetters')}</p> : null}
      <ul className={styles.letters}>
        {data.items.map(({ at, reason, payload }) => (
          <li key={`${at} ${reason}`}>
            <Age at={at} /> <strong>{reason}</strong>
            <pre className={styles.payload}>{readable(payload)}</pre>
          </li>
        ))}
      </ul>
    </section>
  )
}
