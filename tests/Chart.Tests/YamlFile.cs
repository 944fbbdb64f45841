using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests;

/// <summary>Reads files of one YAML document.</summary>
internal static class YamlFile
{
    public static YamlNode Read(string path) => Parse(File.ReadAllText(path));

    public static YamlNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }
}
