/** Says that what is on the screen is old, how old, and for a while that it has caught up. */
import { useTranslation } from 'react-i18next'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { onGateway, useLiveStatus } from '../live/status.ts'
import styles from './shell.module.css'

const CAUGHT_UP_MS = 8_000

export function LiveBar() {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, heardAt, caughtUpAt } = useLiveStatus()
  useNow()
  const now = Date.now() // ages of the stream are by the browser's own clock
  if (state === 'lost' && heardAt !== null) {
    return (
      <p className={styles.lost}>
        {/* Said once: an age that is read out every second hides everything else */}
        <span role="alert">{t('live.lost')}</span>{' '}
        <span aria-hidden="true">{t('live.lastUpdate', { ago: format.ago(now - heardAt) })}</span>
      </p>
    )
  }
  if (caughtUpAt !== null && now - caughtUpAt < CAUGHT_UP_MS) {
    return (
      <p className={styles.caughtUp} role="status">
        {t('live.caughtUp', { time: format.clockSeconds(onGateway(caughtUpAt)) })}
      </p>
    )
  }
  return null
}
