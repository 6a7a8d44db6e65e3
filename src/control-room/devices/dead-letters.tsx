/** What this device sent that its profile could not read, newest first, with the reason and the beginning of the payload. */
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
      {data.items.length === 0 ? (
        <p className="quiet">{t('device.noDeadLetters')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        <section className={styles.scroll} tabIndex={0} aria-label={t('device.deadLetters')}>
          <table className={`figures ${styles.letters}`}>
            <caption className={`quiet ${styles.caption}`}>
              {data.cut
                ? t('list.first', { count: data.items.length })
                : t('list.count', { count: data.items.length })}
            </caption>
            <thead>
              <tr>
                <th scope="col">{t('letter.at')}</th>
                <th scope="col">{t('letter.reason')}</th>
                <th scope="col">{t('letter.topic')}</th>
                <th scope="col">{t('letter.payload')}</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map(({ at, code, reason, topic, payload }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a letter has no id, and two may be alike
                <tr key={`${at} ${index}`}>
                  <td>
                    <Age at={at} />
                  </td>
                  <td title={code}>{reason}</td>
                  <td className="quiet">{topic}</td>
                  <td className={styles.payload}>{readable(payload)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
