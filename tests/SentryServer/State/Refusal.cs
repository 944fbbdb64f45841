namespace SentryOtel.SentryServer.State;

/// <summary>Why the model refused a change; the management API turns it into a status and a body.</summary>
public enum RefusalKind
{
    /// <summary>The thing named does not exist, or the caller can not see it (404).</summary>
    NotFound,

    /// <summary>Another thing holds that name (409).</summary>
    Conflict,

    /// <summary>A field is not acceptable (400).</summary>
    Invalid,

    /// <summary>The caller may not (403).</summary>
    Forbidden,
}

/// <summary>A refused change.</summary>
/// <param name="Kind">What kind of refusal.</param>
/// <param name="Message">The sentence Sentry answers with.</param>
/// <param name="Field">The body field at fault, for <see cref="RefusalKind.Invalid"/>.</param>
public sealed record Refusal(RefusalKind Kind, string Message, string? Field = null)
{
    internal static Refusal Missing { get; } = new(RefusalKind.NotFound, "The requested resource does not exist");
}

/// <summary>A value, or the reason why there is none.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Result<T>
    where T : class
{
    private readonly T? _value;

    private Result(T? value, Refusal? refusal) => (_value, Refusal) = (value, refusal);

    /// <summary>The reason, when the change was refused.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The change was refused.</exception>
    public T Value => _value ?? throw new InvalidOperationException($"Refused: {Refusal?.Message}");

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Result<T>(Refusal refusal) => new(null, refusal);

    /// <summary>True with the value, false with the refusal.</summary>
    public bool Try([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Refusal? refusal)
    {
        (value, refusal) = (_value, Refusal);
        return value is not null;
    }
}
