/** The other language by its own name, so that it is found by whoever cannot read this one. */
import { UnstyledButton } from '@mantine/core'
import { chooseLanguage, useLanguage } from '../i18n/language.ts'
import styles from './shell.module.css'

export function LanguageSwitch() {
  const other = useLanguage() === 'en' ? 'zh-CN' : 'en'
  const name = other === 'en' ? 'English' : '中文'
  return (
    <UnstyledButton className={styles.tool} lang={other} onClick={() => void chooseLanguage(other)}>
      {name}
    </UnstyledButton>
  )
}
