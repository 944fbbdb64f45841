using System.Collections;

namespace SentryOtel.Gateway.Configuration.Values;

/// <summary>A list that equals another with the same elements, so that two readings of one file are equal.</summary>
internal sealed class ValueList<T>(IEnumerable<T> values) : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _values = [.. values];

    public static ValueList<T> Empty { get; } = new([]);

    public int Count => _values.Length;

    public T this[int index] => _values[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(ValueList<T>? other) => other is not null && _values.SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        Array.ForEach(_values, value => hash.Add(value));
        return hash.ToHashCode();
    }
}
