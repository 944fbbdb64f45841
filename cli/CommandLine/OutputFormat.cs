namespace SentryOtel.Cli.CommandLine;

/// <summary>How a command prints what it found.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>The same as YAML.</summary>
    Yaml,
}
