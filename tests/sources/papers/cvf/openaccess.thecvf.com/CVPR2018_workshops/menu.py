<!DOCTYPE html>
<html>
<head>
<meta http-equiv="content-type" content="text/html; charset=utf-8">
<title>CVPR 2018 Workshops</title>
</head>
<body>
<div id="header"><a href="https://www.thecvf.com/">The Computer Vision Foundation</a></div>
<div id="content">
<h3>Workshops</h3>
<dl>
<dd><a href="CVPR2018_W13.py">W13: Workshop on Imaginary Images</a><br></dd>
<dd><a href="CVPR2018_W14.py">W14: Workshop Without Papers</a><br></dd>
<dd><a href="CVPR2018_W15.py">W15: Workshop Without a Page</a><br></dd>
<dd>[<a href="../menu.py">Go back</a>]<br></dd>
</dl>
</div>
</body>
</html>
