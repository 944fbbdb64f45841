using System.CommandLine;
using SentryOtel.Cli.Terminal;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Cli.CommandLine;

/// <summary>The options that every command has; those of the cluster are kubectl's.</summary>
internal sealed class GlobalOptions(CliEnvironment environment)
{
    private readonly Option<string?> _kubeconfig = new("--kubeconfig") { Description = "Path of a kubeconfig. Default: KUBECONFIG, else ~/.kube/config.", HelpName = "FILE", Recursive = true };

    private readonly Option<string?> _context = new("--context") { Description = "Context of the kubeconfig. Default: its current one.", HelpName = "NAME", Recursive = true };

    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "Namespace of the exporters. Default: that of the context.", HelpName = "NAME", Recursive = true };

    private readonly Option<bool> _allNamespaces = new("--all-namespaces", "-A") { Description = "Look at every namespace.", Recursive = true };

    private readonly Option<bool> _noColor = new("--no-color") { Description = "No colours. Also off when piped, and with NO_COLOR set.", Recursive = true };

    public CliEnvironment Environment { get; } = environment;

    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[_kubeconfig, _context, _namespace, _allNamespaces, _noColor])
        {
            root.Add(option);
        }
    }

    /// <summary>The namespace that was named; null when none was.</summary>
    public string? NamespaceOf(ParseResult parsed) => parsed.GetValue(_namespace);

    /// <summary>Whether every namespace is meant.</summary>
    public bool IsForAllNamespaces(ParseResult parsed) => parsed.GetValue(_allNamespaces);

    /// <summary>Where the API server is.</summary>
    /// <exception cref="KubernetesConfigurationException">None is known, or the kubeconfig is wrong.</exception>
    public KubernetesClientConfiguration ConfigurationOf(ParseResult parsed)
    {
        if (parsed.GetValue(_namespace) is not null && parsed.GetValue(_allNamespaces))
        {
            throw new CliException("--namespace and --all-namespaces exclude each other: give one of them", ExitCodes.Usage);
        }

        return parsed.GetValue(_kubeconfig) is { } file
            ? KubernetesClientConfiguration.BuildConfigFromConfigFile(file, parsed.GetValue(_context))
            : KubernetesClientConfiguration.BuildDefaultConfig(parsed.GetValue(_context));
    }

    /// <summary>What the command prints to.</summary>
    public Screen ScreenOf(ParseResult parsed) => new(Environment, parsed.GetValue(_noColor));

    /// <summary>Refuses a misspelt option, which the parser takes for an argument.</summary>
    public static Argument<T> NoOption<T>(Argument<T> argument)
    {
        argument.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(static token => token.Value.Length > 1 && token.Value.StartsWith('-')) is { } token)
            {
                result.AddError($"there is no option {token.Value}");
            }
        });
        return argument;
    }

    /// <summary>An option <c>--output</c>.</summary>
    public static Option<OutputFormat> OutputOption() => new("--output", "-o")
    {
        Description = "table, json or yaml.",
        HelpName = "FORMAT",
        DefaultValueFactory = static _ => OutputFormat.Table,
    };
}
