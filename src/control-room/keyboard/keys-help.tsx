/** What `?` shows. */
import { Kbd, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import styles from './keys-help.module.css'

const KEYS = [
  { keys: ['j', 'k'], does: 'keys.move' },
  { keys: ['Enter'], does: 'keys.open' },
  { keys: ['Esc'], does: 'keys.close' },
  { keys: ['a'], does: 'keys.acknowledge' },
  { keys: ['o'], does: 'keys.order' },
  { keys: ['n'], does: 'keys.showNew' },
  { keys: ['/'], does: 'keys.search' },
  { keys: ['1', '…', '8'], does: 'keys.places' },
  { keys: ['?'], does: 'keys.help' },
] as const

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <dl className={styles.keys}>
        {KEYS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
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
