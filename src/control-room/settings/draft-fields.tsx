/**
 * A field for each option of the rule's kind, and for what may be asked of any rule: with its unit, range and
 * default, and what the file says.
 */
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleDraft, RuleField } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useAddress } from '../parts/use-address.ts'
import styles from './draft.module.css'
import {
  type Changes,
  type Declared,
  declaredAt,
  inAddress,
  readField,
  type Slip,
  textOf,
  UNDECLARED,
} from './draft-values.ts'

type WrongInput = { readonly path: string; readonly message: string }

type Props = { readonly of: RuleDraft; readonly changes: Changes; readonly slips: readonly WrongInput[] }

const isOption = ({ path }: RuleField) => path.startsWith('options.')

export function DraftFields({ of: { fields, declared }, changes, slips }: Props) {
  const { t } = useTranslation()
  const { change } = useAddress()
  const take = (path: string) => (value: Declared | undefined) => {
    const { name, text } = inAddress(path, value)
    change({ [name]: text }, true)
  }
  const draw = (field: RuleField) => {
    const { path } = field
    const slip = slips.find((one) => one.path === path || one.path.startsWith(`${path}.`))
    return (
      <Field
        key={path}
        field={field}
        inFile={declaredAt(declared, path)}
        changed={changes.get(path)}
        isChanged={changes.has(path)}
        refused={slip?.message}
        onChange={take(path)}
      />
    )
  }
  const common = fields.filter((field) => !isOption(field))
  const { optionsFor } = declared
  const own = typeof optionsFor === 'object' && optionsFor ? Object.keys(optionsFor).length : 0
  const isCommonUsed = common.some(
    ({ path }) => changes.has(path) || declaredAt(declared, path) !== UNDECLARED,
  )
  return (
    <>
      <fieldset className={styles.fields}>
        <legend>{t('rules.options')}</legend>
        {fields.some(isOption) ? (
          fields.filter(isOption).map(draw)
        ) : (
          <p className="quiet">{t('rules.noOptions')}</p>
        )}
      </fieldset>
      {own > 0 ? <p className="quiet">{t('draft.own', { count: own })}</p> : null}
      <details className={styles.more} open={isCommonUsed || undefined}>
        <summary>{t('rules.conditions')}</summary>
        <div className={styles.fields}>{common.map(draw)}</div>
      </details>
    </>
  )
}

type FieldProps = {
  readonly field: RuleField
  readonly inFile: Declared
  readonly changed: Declared | undefined
  readonly isChanged: boolean
  /** What the gateway says of it. */
  readonly refused: string | undefined
  /** Undefined: as in the file. */
  onChange(value: Declared | undefined): void
}

function Field({ field, inFile, changed, isChanged, refused, onChange }: FieldProps) {
  const { t } = useTranslation()
  const { type } = field
  const { exactly } = useFormat()
  const value = isChanged ? changed : inFile
  const [typed, setTyped] = useState<string>()
  const [slip, setSlip] = useState<Slip>()
  const words = useFieldWords()
  const take = (text: string) => {
    const read = readField(field, text)
    if ('slip' in read) {
      setTyped(text)
      setSlip(read.slip)
      return
    }
    setTyped(undefined)
    setSlip(undefined)
    const isAsInFile = inAddress('', read.value).text === inAddress('', inFile).text
    onChange(isAsInFile ? undefined : read.value)
  }
  const back = () => {
    setTyped(undefined)
    setSlip(undefined)
    onChange(undefined)
  }
  const shown = {
    label: <Label field={field} />,
    description: [words.help(field), words.range(field)].filter(Boolean).join(t('sentence.between')),
    value: typed ?? textOf(type, value, exactly),
    error: slip ? slipWords(slip, t) : refused,
    autoComplete: 'off',
    spellCheck: false,
  }
  const input =
    type === 'choice' || type === 'flag' ? (
      <NativeSelect
        {...shown}
        data={[
          ...(field.isNeeded ? [] : [{ value: '', label: words.byDefault(field) }]),
          ...(type === 'flag' ? ['true', 'false'] : field.choices).map((one) => ({
            value: one,
            label: type === 'flag' ? t(`said.${one as 'true'}`) : one,
          })),
        ]}
        onChange={(event) => take(event.currentTarget.value)}
      />
    ) : type === 'value' ? (
      <Textarea
        {...shown}
        autosize
        minRows={1}
        maxRows={6}
        placeholder={words.byDefault(field)}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => typed !== undefined && take(typed)}
      />
    ) : (
      <TextInput
        {...shown}
        placeholder={words.byDefault(field)}
        rightSection={field.unit ? <span className="quiet">{field.unit}</span> : null}
        rightSectionWidth={field.unit ? '3rem' : 0}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => typed !== undefined && take(typed)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && typed !== undefined) take(typed)
        }}
      />
    )
  return (
    <div className={styles.field} data-changed={isChanged || undefined}>
      {input}
      {isChanged ? (
        <p className={styles.was}>
          <span>{t('draft.was', { value: words.value(field, inFile) })}</span>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('draft.backNamed', { name: field.label })}
            onClick={back}
          >
            {t('draft.back')}
          </Button>
        </p>
      ) : null}
    </div>
  )
}

function Label({ field: { label, name } }: { field: RuleField }) {
  return (
    <>
      {label} <code className={styles.key}>{name}</code>
    </>
  )
}

function useFieldWords() {
  const { t } = useTranslation()
  const format = useFormat()
  const value = ({ type, unit }: RuleField, of: Declared): string => {
    if (of === UNDECLARED || of === undefined) return t('draft.notDeclared')
    const text =
      type === 'duration' || typeof of !== 'number' ? textOf(type, of, format.exactly) : format.number(of)
    return unit ? t('value.withUnit', { value: text, unit }) : text
  }
  return {
    value,
    help: ({ help }: RuleField) => help.replaceAll('`', ''),
    byDefault: (field: RuleField) =>
      field.byDefault === undefined || field.byDefault === null
        ? t('draft.notDeclared')
        : t('draft.byDefault', { value: value(field, field.byDefault) }),
    range: (field: RuleField): string => {
      const { type, least, most, isAbove } = field
      if (type === 'duration') return t('draft.durationHelp')
      if (type === 'list') return t('draft.listHelp')
      if (type === 'value') return t('draft.jsonHelp')
      if (least === null) return ''
      if (most === null) return t(isAbove ? 'draft.above' : 'draft.least', { limit: format.number(least) })
      return t('draft.between', { least: format.number(least), most: format.number(most) })
    },
  }
}

function slipWords(slip: Slip, t: TFunction): string {
  switch (slip.is) {
    case 'least':
      return t('draft.least', { limit: slip.limit })
    case 'above':
      return t('draft.above', { limit: slip.limit })
    case 'most':
      return t('draft.most', { limit: slip.limit })
    default:
      return t(`draft.slip.${slip.is}`)
  }
}
