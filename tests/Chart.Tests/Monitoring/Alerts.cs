using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>The alerts of the chart, as its file holds them.</summary>
internal static class Alerts
{
    public static string Path { get; } = System.IO.Path.Combine(Chart.Folder, "files", "alerts.yaml");

    public static IReadOnlyList<Alert> All { get; } =
    [
        .. ((YamlSequenceNode)YamlFile.Read(Path)["groups"])
            .SelectMany(static group => (YamlSequenceNode)group["rules"])
            .Select(static rule => new Alert(rule["alert"].ToString(), rule["expr"].ToString(), Texts(rule["labels"]), Texts(rule["annotations"]))),
    ];

    private static Dictionary<string, string> Texts(YamlNode map) =>
        ((YamlMappingNode)map).Children.ToDictionary(static pair => pair.Key.ToString(), static pair => pair.Value.ToString(), StringComparer.Ordinal);
}

/// <summary>One alert.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">When it fires.</param>
/// <param name="Labels">Where it is sent.</param>
/// <param name="Annotations">What people read.</param>
internal sealed record Alert(string Name, string Expression, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations);
