namespace SentryOtel.Cli.CommandLine;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    /// <summary>All is well, or what was asked for was done.</summary>
    public const int Success = 0;

    /// <summary>Something is wrong: with what was looked at, or on the way to it.</summary>
    public const int Wrong = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;
}
