namespace SentryOtel.Kubernetes.Configuration;

/// <summary>PEM text: in place, or in a file that may change.</summary>
public sealed class PemSource
{
    private readonly string? _text;

    private PemSource(string? text, string? path)
    {
        _text = text;
        Path = path;
    }

    /// <summary>The file; null when the text is in place.</summary>
    public string? Path { get; }

    /// <summary>PEM text in place.</summary>
    public static PemSource FromText(string text) => new(text, null);

    /// <summary>PEM text in a file.</summary>
    public static PemSource FromFile(string path) => new(null, path);

    /// <summary>Where the text is; never the text.</summary>
    public override string ToString() => Path ?? "(in place)";

    /// <summary>The text as it is now: a certificate, or a private key that must not be shown.</summary>
    /// <exception cref="IOException">The file can not be read.</exception>
    public string Read() => _text ?? File.ReadAllText(Path!);
}
