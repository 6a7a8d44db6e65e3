/** One's own password, and the tastes of this desk. */
import { SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { LANGUAGES } from '../../model/errors.ts'
import { chooseLanguage, useLanguage } from '../i18n/language.ts'
import { switchSound, useSound } from '../live/sound.ts'
import { useMay, useSession } from '../session/use-session.ts'
import { ChangePassword } from './change-password.tsx'
import styles from './settings.module.css'

export function Component() {
  const { t } = useTranslation()
  const { user, role } = useSession()
  return (
    <div className={styles.own}>
      <section>
        <h2>{t('settings.password')}</h2>
        <p className="quiet">{t('settings.who', { user, role: t(`role.${role}`) })}</p>
        <ChangePassword />
      </section>
      <Tastes />
    </div>
  )
}

function Tastes() {
  const { t } = useTranslation()
  const may = useMay()
  const language = useLanguage()
  const sound = useSound()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <section className={styles.tastes}>
      <div>
        <h2>{t('settings.desk')}</h2>
        <p className="quiet">{t('settings.deskHelp')}</p>
      </div>
      <SegmentedControl
        aria-label={t('settings.language')}
        value={language}
        data={LANGUAGES.map((one) => ({ value: one, label: one === 'en' ? 'English' : '中文' }))}
        onChange={(value) => void chooseLanguage(value === 'en' ? 'en' : 'zh-CN')}
      />
      <SegmentedControl
        aria-label={t('settings.colours')}
        value={colorScheme === 'light' ? 'light' : 'dark'}
        data={[
          { value: 'dark', label: t('user.dark') },
          { value: 'light', label: t('user.light') },
        ]}
        onChange={(value) => setColorScheme(value === 'light' ? 'light' : 'dark')}
      />
      {may('alarms:read') ? (
        <Switch
          label={t('settings.sound')}
          description={t('settings.soundHelp')}
          checked={sound}
          onChange={(event) => switchSound(event.currentTarget.checked)}
        />
      ) : null}
    </section>
  )
}
