// The load bench reads /proc and pins programs to cores.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
