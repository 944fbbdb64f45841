namespace SentryOtel.Crds.Schema;

/// <summary>The property must be present in a manifest (<c>required</c> of the parent object).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RequiredAttribute : Attribute;

/// <summary>The property's initial value in C# is its <c>default</c> in the schema: one source for both.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DefaultAttribute : Attribute;

/// <summary>Bounds of a string in characters (<c>minLength</c>, <c>maxLength</c>).</summary>
/// <param name="min">Fewest characters.</param>
/// <param name="max">Most characters: CEL's cost estimate needs it.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LengthAttribute(int min, int max) : Attribute
{
    public int Min { get; } = min;

    public int Max { get; } = max;
}

/// <summary>Inclusive bounds of a number (<c>minimum</c>, <c>maximum</c>).</summary>
/// <param name="min">Least value.</param>
/// <param name="max">Greatest value.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RangeAttribute(long min, long max) : Attribute
{
    public long Min { get; } = min;

    public long Max { get; } = max;
}

/// <summary>A regular expression that a string must match, in the common subset of RE2 and .NET (<c>pattern</c>).</summary>
/// <param name="expression">The anchored expression.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PatternAttribute(string expression) : Attribute
{
    public string Expression { get; } = expression;
}

/// <summary>Bounds of a list or map (<c>minItems</c>, <c>maxItems</c> or <c>maxProperties</c>).</summary>
/// <param name="max">Most entries: CEL's cost estimate needs it.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ItemsAttribute(int max) : Attribute
{
    public int Min { get; init; }

    public int Max { get; } = max;
}

/// <summary>Bounds of the strings in a list, or of the values of a map.</summary>
/// <param name="maxLength">Most characters of one string.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ElementAttribute(int maxLength) : Attribute
{
    public int MinLength { get; init; }

    public int MaxLength { get; } = maxLength;

    public string? Pattern { get; init; }
}

/// <summary>The list is a map keyed by these fields (<c>x-kubernetes-list-type: map</c>), so that several writers can own entries.</summary>
/// <param name="keys">JSON names of the key fields.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListMapKeysAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>The list holds each value once (<c>x-kubernetes-list-type: set</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListSetAttribute : Attribute;

/// <summary>A number or a string such as <c>25%</c> (<c>x-kubernetes-int-or-string</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IntOrStringAttribute : Attribute;

/// <summary>A CEL rule on a class or property (<c>x-kubernetes-validations</c>), evaluated by servers from 1.25 on.</summary>
/// <param name="rule">The CEL expression over <c>self</c>, or <c>oldSelf</c> for a transition rule.</param>
/// <param name="message">What is wrong and the cure.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
internal sealed class ValidationRuleAttribute(string rule, string message) : Attribute
{
    public string Rule { get; } = rule;

    public string Message { get; } = message;
}
