using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentryOtel.Clients.Browser;

/// <summary>
/// OpenTelemetry's npm packages as a browser takes them without a bundler: their ES modules, their forms for browsers, and the files that they name without an extension.
/// </summary>
internal sealed class BrowserModules
{
    /// <summary>Where a page finds them.</summary>
    public const string Root = "/modules/";

    private readonly string _folder;
    private readonly Dictionary<string, string> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _replaced = new(StringComparer.Ordinal);

    public BrowserModules(string folder)
    {
        _folder = folder;
        foreach (var package in Directory.EnumerateDirectories(Path.Combine(folder, "@opentelemetry")))
        {
            Read(JsonNode.Parse(File.ReadAllText(Path.Combine(package, "package.json")))!);
        }
    }

    /// <summary>The import map of a page: the address of each package, and of the parts that packages name.</summary>
    public string ImportMap => JsonSerializer.Serialize(new { imports = _entries.ToDictionary(entry => entry.Key, entry => Root + entry.Value) });

    /// <summary>The file that a path stands for, relative to the folder; null when there is none.</summary>
    public string? Resolve(string path)
    {
        var found = Array.Find([path, $"{path}.js", $"{path}/index.js"], candidate => File.Exists(PathOf(candidate)));
        return found is null ? null : _replaced.GetValueOrDefault(found, found);
    }

    public string PathOf(string path) => Path.Combine([_folder, .. path.Split('/')]);

    private void Read(JsonNode manifest)
    {
        var name = (string)manifest["name"]!;
        if (manifest["module"] is { } module)
        {
            _entries[name] = Within(name, module);
        }

        foreach (var (part, forms) in manifest["exports"] as JsonObject ?? [])
        {
            if (forms is JsonObject choices && Module(choices) is { } chosen)
            {
                _entries[Within(name, part).TrimEnd('/')] = Within(name, chosen);
            }
        }

        foreach (var (file, instead) in manifest["browser"] as JsonObject ?? [])
        {
            _replaced[Within(name, file)] = Within(name, instead!);
        }
    }

    private static JsonNode? Module(JsonObject choices) => choices["module"] ?? (choices["default"] is JsonObject further ? further["default"] : choices["default"]);

    // "./build/esm/index.js", "./browser-http", ".", "build/esm/index.js"
    private static string Within(string package, JsonNode path) => Within(package, (string)path!);

    private static string Within(string package, string path) => $"{package}/{path.TrimStart('.').TrimStart('/')}";
}
