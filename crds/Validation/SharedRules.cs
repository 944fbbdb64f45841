namespace SentryOtel.Crds.Validation;

/// <summary>Rules of types that several resources use.</summary>
internal static class SharedRules
{
    public static IEnumerable<FieldError> Check(CertificateSource? source, string path)
    {
        if (source is not null && source.SecretKeyRef is null == source.ConfigMapKeyRef is null)
        {
            yield return new FieldError(path, RuleMessages.OneCertificateSource);
        }
    }

    public static IEnumerable<FieldError> Check(LabelSelector? selector, string path)
    {
        var requirements = selector?.MatchExpressions ?? [];
        for (var i = 0; i < requirements.Count; i++)
        {
            var takesValues = requirements[i].Operator is LabelSelectorOperator.In or LabelSelectorOperator.NotIn;
            if (takesValues != requirements[i].Values is { Count: > 0 })
            {
                yield return new FieldError($"{path}.matchExpressions[{i}]", RuleMessages.SelectorValues);
            }
        }
    }
}
