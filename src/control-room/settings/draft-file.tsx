/** The draft as text: the rule to be copied, or the whole file to be put in place of the one that is there. */
import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleDraft } from '../api/types.ts'
import { copyOut } from '../parts/copy-out.ts'
import styles from './draft.module.css'

type Props = { readonly draft: RuleDraft; readonly isChanged: boolean }

export function DraftFile({ draft: { entry, file }, isChanged }: Props) {
  const { t } = useTranslation()
  const text = useRef<HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean>()
  const address = useBlob(file)
  return (
    <section>
      <h3>{t('draft.file')}</h3>
      <p className="quiet">{t(isChanged ? 'draft.fileHelp' : 'draft.fileSame')}</p>
      <textarea
        ref={text}
        className={styles.text}
        aria-label={t('draft.entry')}
        readOnly
        spellCheck={false}
        rows={Math.min(24, entry.split('\n').length)}
        value={entry}
      />
      <p className={styles.deeds}>
        <Button
          variant="default"
          onClick={() => {
            if (text.current) void copyOut(text.current).then(setCopied)
          }}
        >
          {t('draft.copy')}
        </Button>
        <Button component="a" variant="default" href={address} download="rules.yaml">
          {t('draft.download')}
        </Button>
        <span className="quiet" role="status">
          {copied === undefined ? '' : t(copied ? 'secret.copied' : 'secret.notCopied')}
        </span>
      </p>
    </section>
  )
}

/** Kept by the browser until it is let go. */
function useBlob(text: string): string {
  const [address, setAddress] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [text])
  return address
}
