"""A scan from Python, in cells for Jupyter, VS Code or Spyder; also runs as a program: python3 example.py

Needs a running Sky Scan (`npm start`, or SKY_SCAN_URL and SKY_SCAN_KEY), and besides skyscan.py: pandas, xarray, astropy and
matplotlib. On Debian 12: apt install python3-requests python3-websockets python3-pandas python3-xarray python3-astropy
python3-matplotlib
"""

# %% Connect
import os

import matplotlib.pyplot as plt
from skyscan import Client, ScanOptions

client = Client(os.environ.get("SKY_SCAN_URL", "http://127.0.0.1:8080"), os.environ.get("SKY_SCAN_KEY"))
for rotor in client.rotors():
    print(f"Rotor {rotor['id']}: {rotor['name']}")
for session in client.sessions(limit=3):
    print(f"Session {session['id']}: {session['status']}, {session['completed_points']} of {session['total_points']} points")

# %% Plan a scan: nothing moves
rotor_id = client.rotors()[0]["id"]
scan: ScanOptions = {"az_start": 160, "az_end": 208, "el_start": 30, "el_end": 50, "step_deg": 4, "notes": "From example.py"}
preview = client.preview(rotor_id, **scan)
print(f"{preview['total_points']} points, about {preview['expected_duration_s']:.0f} s", *preview["warnings"], sep="\n")

# %% Scan, and show every point. Press Ctrl-C to stop following; the scan continues.
session_id = client.start(rotor_id, **scan)["id"]
for message in client.follow(session_id):
    point = message["point"]
    if point is None:
        print(message["status"], "" if message["fault"] is None else message["fault"]["observation"])
    else:
        measurement = point["measurement"]
        print(f"{message['progress_pct']:5.1f} %  az {point['azimuth']:6.1f}  el {point['elevation']:5.1f}  "
              f"{measurement['mean_dbm']:7.2f} {measurement['unit']}")

# %% All points as a table
table = client.points(session_id)
print(table[["readback_azimuth", "readback_elevation", "mean_dbm", "std_db", "flags"]].describe(include="all"))
print("Strongest:", table.loc[table["mean_dbm"].idxmax(), ["setpoint_azimuth", "setpoint_elevation", "mean_dbm"]].to_dict())

# %% The map with coordinates, in xarray
sky = client.map_xarray(session_id)
sky["mean_dbm"].plot()
plt.savefig(os.environ.get("SKY_SCAN_PLOT", "map.png"))
print(sky["mean_dbm"].sel(azimuth=180, elevation=34).item(), sky.attrs["unit"])

# %% The map with a WCS, in astropy
image = client.map_astropy(session_id)
azimuth, elevation = image.wcs.pixel_to_world_values(0, 0)
print(f"First pixel: azimuth {azimuth:.1f}, elevation {elevation:.1f}: {image.data[0, 0]:.2f} {image.meta['unit']}")

# %% Sources
for source in client.find_sources(session_id):
    print(f"{source['name'] or 'unknown'} at {source['azimuth']:.1f}, {source['elevation']:.1f}: {source['peak_db']:.1f} dB")
