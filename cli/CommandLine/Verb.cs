using System.CommandLine;

namespace SentryOtel.Cli.CommandLine;

/// <summary>A command whose help ends with more than a description.</summary>
/// <param name="name">How it is called.</param>
/// <param name="description">One sentence.</param>
/// <param name="more">What else there is to know, and examples.</param>
internal sealed class Verb(string name, string description, string more) : Command(name, description)
{
    public string More { get; } = more;
}
