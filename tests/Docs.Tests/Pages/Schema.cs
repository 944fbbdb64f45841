using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>The fields of the custom resources, as their definitions have them.</summary>
internal static class Schema
{
    private static readonly string[] Files = ["crds/sentry-otel.dev_sentryexporters.yaml", "crds/sentry-otel.dev_sentryprojectroutes.yaml"];

    /// <summary>Paths below spec and status, <c>queue.maxAge</c>, and the same with <c>spec.</c> or <c>status.</c> before them.</summary>
    public static IReadOnlySet<string> Fields { get; } = Files.SelectMany(FieldsOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>First parts of those paths.</summary>
    public static IReadOnlySet<string> Roots { get; } = Fields.Where(static field => !field.Contains('.', StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> FieldsOf(string file)
    {
        var root = YamlTree.Read(File.ReadAllText(RepositoryFiles.PathOf(file))).Single();
        var version = ((YamlSequenceNode)root["spec"]["versions"])[0];
        var properties = (YamlMappingNode)version["schema"]["openAPIV3Schema"]["properties"];
        foreach (var part in (string[])["spec", "status"])
        {
            yield return part;
            foreach (var field in Below(properties[part]))
            {
                yield return field;
                yield return $"{part}.{field}";
            }
        }
    }

    private static IEnumerable<string> Below(YamlNode schema)
    {
        if (schema is not YamlMappingNode map)
        {
            yield break;
        }

        if (map.Children.TryGetValue("items", out var items))
        {
            foreach (var field in Below(items))
            {
                yield return field;
            }
        }

        if (!map.Children.TryGetValue("properties", out var properties))
        {
            yield break;
        }

        foreach (var (name, inner) in (YamlMappingNode)properties)
        {
            yield return (string)name!;
            foreach (var field in Below(inner))
            {
                yield return $"{name}.{field}";
            }
        }
    }
}
