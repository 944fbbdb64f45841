using SentryOtel.Cluster.Objects;

namespace SentryOtel.Cluster.Pods;

/// <summary>What is started for a container.</summary>
/// <param name="Program">Path of the executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Its whole environment.</param>
/// <param name="WorkingDirectory">Where it starts.</param>
internal sealed record ContainerCommand(
    string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory)
{
    /// <summary>Puts command, arguments and environment together as the kubelet and the container runtime do.</summary>
    /// <param name="container">The container.</param>
    /// <param name="image">The program that stands for its image, the image's entry point.</param>
    /// <param name="variables">The container's environment, resolved, without translation.</param>
    /// <param name="inherited">Variables of the node that are there unless the container sets them.</param>
    /// <param name="paths">Translates mount paths.</param>
    /// <param name="home">The working directory when the container names none.</param>
    internal static ContainerCommand Build(
        Container container,
        string image,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyDictionary<string, string> inherited,
        MountPaths paths,
        string home)
    {
        string Resolve(string text) => paths.Translate(VariableExpansion.Expand(text, variables));

        var environment = new Dictionary<string, string>(inherited);
        foreach (var (name, value) in variables)
        {
            environment[name] = paths.Translate(value);
        }
        string[] command = [.. container.Command.Select(Resolve)];
        return new ContainerCommand(
            command.Length == 0 ? image : Executable(command[0], image, environment["PATH"]),
            [.. command.Skip(1), .. container.Args.Select(Resolve)],
            environment,
            container.WorkingDir is { } directory && Directory.Exists(Resolve(directory)) ? Resolve(directory) : home);
    }

    // A command usually names the image's program by its path inside the image.
    private static string Executable(string command, string image, string searchPath)
    {
        if (Path.GetFileName(command) == Path.GetFileName(image))
        {
            return image;
        }
        var candidates = command.Contains('/', StringComparison.Ordinal)
            ? [command]
            : searchPath.Split(':').Select(folder => Path.Combine(folder, command));
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new ContainerConfigurationException("RunContainerError", $"exec: \"{command}\": no such file or directory");
    }
}
