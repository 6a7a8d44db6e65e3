/** What `?` shows: the keys that do something for this role. */
import { Kbd, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Right } from '../api/types.ts'
import { useMay } from '../session/use-session.ts'
import { PLACES } from '../shell/places.ts'
import styles from './keys-help.module.css'

const KEYS = [
  { keys: ['j', 'k'], does: 'keys.move' },
  { keys: ['Enter'], does: 'keys.open' },
  { keys: ['Esc'], does: 'keys.close' },
  { keys: ['a'], does: 'keys.acknowledge', right: 'alarms:acknowledge' },
  { keys: ['s'], does: 'keys.shelve', right: 'alarms:shelve' },
  { keys: ['o'], does: 'keys.order', right: 'orders:read' },
  { keys: ['n'], does: 'keys.showNew', right: 'alarms:read' },
  { keys: ['/'], does: 'keys.search' },
  { keys: ['1', '…'], does: 'keys.places' },
  { keys: ['?'], does: 'keys.help' },
] as const satisfies { keys: string[]; does: string; right?: Right }[]

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation()
  const may = useMay()
  const places = PLACES.filter(({ right }) => may(right)).length
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <dl className={styles.keys}>
        {KEYS.filter((one) => !('right' in one) || may(one.right)).map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {(does === 'keys.places' ? [...keys, String(places)] : keys).map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
