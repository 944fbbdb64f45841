namespace SentryOtel.Crds.Validation;

/// <summary>One thing that is wrong with a resource.</summary>
/// <param name="Path">The field, as kubectl names it: <c>spec.gateway.env[0]</c>.</param>
/// <param name="Message">What is wrong and the cure.</param>
public readonly record struct FieldError(string Path, string Message)
{
    /// <summary><c>path: message</c>.</summary>
    public override string ToString() => $"{Path}: {Message}";
}
