/** What this device sent that its profile could not read, newest first. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deadLettersOf } from '../api/queries.ts'
import { LetterTable } from '../parts/letter-table.tsx'
import styles from './devices.module.css'

export function DeadLetters({ device }: { device: string }) {
  const { t } = useTranslation()
  const { data } = useQuery(deadLettersOf(device))
  if (!data) return null
  return (
    <section>
      <h3>{t('device.deadLetters')}</h3>
      {data.items.length === 0 ? (
        <p className="quiet">{t('device.noDeadLetters')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        <section className={styles.scroll} tabIndex={0} aria-label={t('device.deadLetters')}>
          <LetterTable letters={data.items} />
          <p className="quiet">{t(data.cut ? 'list.first' : 'list.count', { count: data.items.length })}</p>
        </section>
      )}
    </section>
  )
}
