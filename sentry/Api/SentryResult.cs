using System.Diagnostics.CodeAnalysis;

namespace SentryOtel.Sentry.Api;

/// <summary>What a call gave: a value or an error, never both.</summary>
public sealed class SentryResult<T>
{
    private SentryResult(T? value, SentryError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>True when <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>The value of a successful call.</summary>
    public T? Value { get; }

    /// <summary>The error of a failed call.</summary>
    public SentryError? Error { get; }

    /// <summary>A success.</summary>
    public static implicit operator SentryResult<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator SentryResult<T>(SentryError error) => new(default, error);

    internal static SentryResult<T> Success(T value) => new(value, null);

    /// <inheritdoc/>
    public override string ToString() => Error?.ToString() ?? "success";
}
