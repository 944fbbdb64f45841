namespace SentryOtel.Crds.Validation;

/// <summary>The rules of the SentryProjectRoute's definition in C#, for servers before 1.25 that do not evaluate CEL.</summary>
public static class SentryProjectRouteValidator
{
    /// <summary>Everything that is wrong with a route by itself.</summary>
    public static IReadOnlyList<FieldError> Validate(SentryProjectRouteSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var errors = new List<FieldError>();
        if (spec.Project is null == spec.DsnSecretRef is null)
        {
            errors.Add(new FieldError("spec", RuleMessages.OneDestination));
        }

        if (spec.RateLimit is { ItemsPerSecond: null, BytesPerSecond: null })
        {
            errors.Add(new FieldError("spec.rateLimit", RuleMessages.RateLimit));
        }

        return errors;
    }

    /// <summary>Everything that is wrong with a route that takes the place of <paramref name="old"/>.</summary>
    public static IReadOnlyList<FieldError> ValidateUpdate(SentryProjectRouteSpec old, SentryProjectRouteSpec updated)
    {
        ArgumentNullException.ThrowIfNull(old);
        List<FieldError> errors = [.. Validate(updated)];
        if (old.ExporterRef.Name != updated.ExporterRef.Name || old.ExporterRef.Namespace != updated.ExporterRef.Namespace)
        {
            errors.Add(new FieldError("spec.exporterRef", RuleMessages.ExporterImmutable));
        }

        if (old.AttributeValue != updated.AttributeValue)
        {
            errors.Add(new FieldError("spec.attributeValue", RuleMessages.AttributeValueImmutable));
        }

        return errors;
    }
}
